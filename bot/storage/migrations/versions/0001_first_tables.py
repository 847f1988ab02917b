"""first tables."""

import sqlalchemy as sa
from alembic import op

from bot.storage.tables import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.create_table('content_state',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_content_state')),
    comment='Counts publishes, so that every process sees a change. No personal data.'
    )
    op.create_table('feedback',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('topic', sa.String(length=64), nullable=True),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    comment='That an answer did not help, by topic and language. No personal data: not linked to a person.'
    )
    op.create_table('people',
    sa.Column('pseudonym', sa.String(length=32), nullable=False),
    sa.Column('door', sa.String(length=16), nullable=False),
    sa.Column('sealed_address', sa.LargeBinary(), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('chosen_language', sa.String(length=8), nullable=True),
    sa.Column('script', sa.String(length=8), nullable=True),
    sa.Column('area', sa.String(length=8), nullable=True),
    sa.Column('last_topic', sa.String(length=64), nullable=True),
    sa.Column('campaign', sa.String(length=64), nullable=True),
    sa.Column('subscribed', sa.Boolean(), nullable=False),
    sa.Column('unreachable', sa.Boolean(), nullable=False),
    sa.Column('last_seen', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('pseudonym', name=op.f('pk_people')),
    comment="Pseudonym, sealed channel address, language, area. Ends keep_person_days after the last message, or at once with 'forget me'."
    )
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_people_last_seen'), ['last_seen'], unique=False)

    op.create_table('staff',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('password_hash', sa.String(length=256), nullable=False),
    sa.Column('must_change', sa.Boolean(), nullable=False),
    sa.Column('disabled', sa.Boolean(), nullable=False),
    sa.Column('created_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('name', name=op.f('uq_staff_name')),
    comment='Work names and Argon2id hashes of staff. Ends when an admin deletes the account.'
    )
    op.create_table('texts',
    sa.Column('path', sa.String(length=128), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('seed_hash', sa.String(length=64), nullable=False),
    sa.Column('conflict', sa.Boolean(), nullable=False),
    sa.Column('updated_at', Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('path', name=op.f('pk_texts')),
    comment='Live texts, by their path in content/. No personal data.'
    )
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('pseudonym', sa.String(length=32), nullable=False),
    sa.Column('message_id', sa.String(length=80), nullable=False),
    sa.Column('sealed_message', sa.LargeBinary(), nullable=False),
    sa.Column('received_at', Moment(timezone=True), nullable=False),
    sa.Column('done_at', Moment(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['pseudonym'], ['people.pseudonym'], name=op.f('fk_inbox_pseudonym'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('pseudonym', 'message_id', name=op.f('uq_inbox_pseudonym_message_id')),
    comment="Sealed messages of people. End keep_words_hours after they came, or at once with 'forget me'."
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_open', ['id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_inbox_pseudonym'), ['pseudonym'], unique=False)
        batch_op.create_index(batch_op.f('ix_inbox_received_at'), ['received_at'], unique=False)

    op.create_table('outbox',
    sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('pseudonym', sa.String(length=32), nullable=False),
    sa.Column('inbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sealed_reply', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('due_at', Moment(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pseudonym'], ['people.pseudonym'], name=op.f('fk_outbox_pseudonym'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('sequence', name=op.f('pk_outbox')),
    comment="Sealed replies, due, sent or dead. End keep_words_hours after they were made, or at once with 'forget me'.",
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_created_at'), ['created_at'], unique=False)
        batch_op.create_index('ix_outbox_due', ['due_at'], unique=False, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
        batch_op.create_index(batch_op.f('ix_outbox_inbox_id'), ['inbox_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_outbox_pseudonym'), ['pseudonym'], unique=False)

    op.create_table('traces',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('pseudonym', sa.String(length=32), nullable=False),
    sa.Column('message_ref', sa.String(length=32), nullable=False),
    sa.Column('at', Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pseudonym'], ['people.pseudonym'], name=op.f('fk_traces_pseudonym'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_traces')),
    comment='Channel message ids of both sides, so that /wipe can delete them. End after 48 hours.'
    )
    with op.batch_alter_table('traces', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_traces_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_traces_pseudonym'), ['pseudonym'], unique=False)



def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table('traces', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_traces_pseudonym'))
        batch_op.drop_index(batch_op.f('ix_traces_at'))

    op.drop_table('traces')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_pseudonym'))
        batch_op.drop_index(batch_op.f('ix_outbox_inbox_id'))
        batch_op.drop_index('ix_outbox_due', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
        batch_op.drop_index(batch_op.f('ix_outbox_created_at'))

    op.drop_table('outbox')
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_inbox_received_at'))
        batch_op.drop_index(batch_op.f('ix_inbox_pseudonym'))
        batch_op.drop_index('ix_inbox_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))

    op.drop_table('inbox')
    op.drop_table('texts')
    op.drop_table('staff')
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_people_last_seen'))

    op.drop_table('people')
    op.drop_table('feedback')
    op.drop_table('content_state')
