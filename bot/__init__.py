"""Anlu: a multilingual chat assistant against human trafficking."""
