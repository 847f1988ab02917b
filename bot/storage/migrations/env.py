"""Run by alembic: applies steps over the engine that bot.storage.migrate hands in."""

from alembic import context

from bot.storage.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
