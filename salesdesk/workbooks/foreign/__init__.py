"""What reads files of unknown origin, in a process of its own. Imports nothing of the office."""

#: The hidden argument that makes the frozen program a reading process.
READING_ARGUMENT = "--read-a-foreign-file"
