"""A person as Anlu knows her: a pseudonym, a language, perhaps an area. Never a name or a number."""
