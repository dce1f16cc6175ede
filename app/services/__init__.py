"""What the HTTP interface, the pages and the commands share."""
