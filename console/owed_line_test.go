package console

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.org/crisisline/console/access"
	"example.org/crisisline/queue"
)

func TestWhatIsOwedOnTheBoard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		m    moment
		want owedLine
	}{
		"nothing":               {moment{CanFollow: true}, owedLine{}},
		"callbacks":             {moment{CanFollow: true, Calls: queue.Snapshot{Callbacks: 3}}, owedLine{"", "3 callbacks owed"}},
		"one is overdue":        {moment{CanFollow: true, Calls: queue.Snapshot{Callbacks: 3, CallbacksOverdue: 1}}, owedLine{"danger", "3 callbacks owed, 1 overdue"}},
		"a visit is overdue":    {moment{CanFollow: true, Calls: queue.Snapshot{FollowUpsOverdue: 1}}, owedLine{"warn", "1 visit or answer overdue"}},
		"both are":              {moment{CanFollow: true, Calls: queue.Snapshot{Callbacks: 1, CallbacksOverdue: 1, FollowUpsOverdue: 2}}, owedLine{"danger", "1 callback owed, 1 overdue, 2 visits or answers overdue"}},
		"nobody can tell":       {moment{CanFollow: true, Stale: true, Calls: queue.Snapshot{Callbacks: 3}}, owedLine{}},
		"there is no such page": {moment{Calls: queue.Snapshot{Callbacks: 3}}, owedLine{}},
	} {
		tt.m.Zone = london(t)
		if diff := cmp.Diff(tt.want, newComposer(tt.m).owed()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestTheBoardLeadsToWhatIsOwed, those who may look there.
func TestTheBoardLeadsToWhatIsOwed(t *testing.T) {
	t.Parallel()
	s := owed(t)
	html := body(t, get(t, serve(t, s), "/"))
	if !strings.Contains(html, "4 callbacks owed, 1 overdue, 2 visits or answers overdue") || !strings.Contains(html, `href="/follow-ups">See them`) || !strings.Contains(html, "may-read") {
		t.Error("the board does not say what is owed, or leads nowhere")
	}
	s.role = access.Viewer
	html = body(t, get(t, serve(t, s), "/"))
	if !strings.Contains(html, "4 callbacks owed") || strings.Contains(html, "may-read") {
		t.Error("a viewer is not told what is owed, or led where they may not go")
	}
}
