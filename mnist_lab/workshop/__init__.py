"""What the commands run: lessons in batches, a class, long studies, the doctor, the upkeep."""
