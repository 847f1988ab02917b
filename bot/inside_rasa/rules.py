"""Rasa's rule policy for rules that name intents only.

Rasa looks through every rule twice at each step, first for rules that quote a person's words. We have none of those.
"""

from typing import Optional

from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IntentRulePolicy(RulePolicy):
    """The same decisions with half the searching."""

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[Optional[str], Optional[str], bool]:
        if use_text_for_last_user_input:
            return None, None, False
        found: tuple[Optional[str], Optional[str], bool] = super()._find_action_from_rules(tracker, domain, False)
        return found
