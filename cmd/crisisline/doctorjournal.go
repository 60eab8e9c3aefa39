package main

import (
	"path/filepath"

	"example.org/crisisline/config"
	"example.org/crisisline/router"
)

// journalFolder is where calls are noted that are rung while the store is gone.
// Instances on one machine may share it: each has a place of its own.
func journalFolder(cfg *config.Config) string {
	return filepath.Join(cfg.Service.DataDir, "calls-on-snapshot")
}

// examineJournal looks at what the store has yet to hear of.
func examineJournal(e *examination, cfg *config.Config) {
	const check = "journal"
	facts, err := router.InspectJournal(journalFolder(cfg))
	switch {
	case err != nil:
		e.warn(check, "see that the user crisisline runs as owns service.data_dir and that its disk is whole",
			"calls handled while the store was gone cannot all be read: %s", err)
	case facts.Left > 0:
		e.warn(check, "start crisisline with this service.data_dir: whichever instance is first takes them up",
			"%d call(s) handled while the store was gone, by an instance that is no more, are not in the ledger", facts.Left)
	case facts.Held > 0:
		e.ok(check, "%d call(s) handled without the store are not in the ledger yet; %d instance(s) bring theirs home", facts.Held, facts.Instances)
	default:
		e.ok(check, "no call handled without the store is waiting for the ledger; %d instance(s) here", facts.Instances)
	}
}
