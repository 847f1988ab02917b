"""The line to Rasa, and what is said when Rasa does not answer."""
