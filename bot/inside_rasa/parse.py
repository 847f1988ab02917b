"""Understands texts with a trained model, outside the server: JSON lines in on stdin, JSON lines out on stdout.

In:  {"text": "…", "language": "vi"}
Out: {"topic": "…", "ranking": [["…", 0.9], …]}   `topic` is nlu_fallback where the assistant would offer buttons
"""

import asyncio
import json
import sys
import warnings


async def parse_all(model: str) -> None:
    """Answer every line of stdin, in order."""
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(model)
    for line in sys.stdin:
        asked = json.loads(line)
        message = UserMessage(asked["text"], metadata={"language": asked["language"]})
        parsed = await agent.processor.parse_message(message)
        ranking = [[r["name"], r["confidence"]] for r in parsed["intent_ranking"] if r["name"] != "nlu_fallback"]
        print(json.dumps({"topic": parsed["intent"]["name"], "ranking": ranking}), flush=True)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    from bot.inside_rasa.server import quiet_logs

    quiet_logs()
    asyncio.run(parse_all(sys.argv[1]))
