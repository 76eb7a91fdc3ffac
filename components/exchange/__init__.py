"""The page « Importer, exporter », part by part: the door, the columns, the dry run, what it did, the way out."""
