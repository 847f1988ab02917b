"""Rasa's custom actions: read the tracker, ask bot/, say what was found. No rules, no SQL, no sentences."""
