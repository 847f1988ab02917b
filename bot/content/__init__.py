"""What Anlu says: articles and phrases, from the folder content/ or from the store that began as its copy."""
