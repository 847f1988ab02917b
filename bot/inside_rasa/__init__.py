"""What runs inside Rasa's process: the only code of ours that imports rasa. It may import bot.languages, nothing else."""
