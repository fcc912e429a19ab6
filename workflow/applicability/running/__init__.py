"""How jobs are run: workers here and on clusters, locks. May import storage, commands, errors."""
