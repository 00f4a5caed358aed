"""What was typed in a row becomes the inputs of its rule's tree: ``inputs`` is the door."""
