"""What routes, pages and commands share: each function takes the service first."""
