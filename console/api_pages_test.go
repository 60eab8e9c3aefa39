package console

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.org/crisisline/console/access"
)

// asAPI is what a page is as operations of the API, or why there is none for it.
type asAPI struct {
	ops []string
	why string
}

func byOp(ops ...string) asAPI  { return asAPI{ops: ops} }
func noOp(because string) asAPI { return asAPI{why: because} }

const (
	itAsks      = "asks before it is done: what does it has the operation"
	theWayIn    = "the way in: a program has a token"
	wholeNumber = "a number in full is for a person who says why, once: no answer of the API has one"
)

// pagesAsAPI has every address of the pages, and each way, wizard and button of
// those that have several. One that changes anything has an operation, or an
// argument.
var pagesAsAPI = map[string]asAPI{
	"GET /{$}":                           byOp("board", "figures"),
	"GET /events":                        noOp("the board for a browser, as it changes: a program asks for the board"),
	"GET /rota":                          byOp("rota"),
	"GET /rota/week":                     byOp("rota"),
	"GET /rota/weeks":                    byOp("rota"),
	"GET /rota/shift/{team}/{tier}/{at}": byOp("on-shift"),

	"GET /people":             byOp("people"),
	"GET /people/{id}":        byOp("person"),
	"GET /hours":              byOp("hours"),
	"GET /people/{id}/number": noOp(itAsks), "POST /people/{id}/number": noOp(wholeNumber),
	"GET /rota/import": noOp(itAsks), "POST /rota/import": byOp("import"),
	"GET /rota/import/template.csv": noOp("an empty table, to begin with in a spreadsheet"),
	"GET /rota/import/people.csv":   byOp("people-table"),
	"GET /rota/import/numbers":      noOp(itAsks), "POST /rota/import/numbers": noOp(wholeNumber),

	"GET /my":        byOp("my"),
	"POST /my/pause": byOp("my-pause"), "POST /my/back": byOp("my-back"), "POST /my/ready": byOp("my-ready"),
	"GET /my/swap": noOp(itAsks), "POST /my/swap": byOp("offer-my-swap"),
	"GET /my/swaps/{id}": byOp("my"), "POST /my/swaps/{id}/accept": byOp("accept-my-swap"), "POST /my/swaps/{id}/decline": byOp("decline-my-swap"),
	"POST /my/feeds": byOp("make-my-feed"), "POST /my/feeds/{id}/revoke": byOp("end-my-feed"),

	"GET /sign-in": noOp(theWayIn), "POST /sign-in": noOp(theWayIn), "GET /sign-in/return": noOp(theWayIn),
	"POST /sign-in/code": noOp(theWayIn), "POST /sign-in/as": noOp(theWayIn),
	"POST /sign-out": noOp("the way out: a token is ended by crisisline access token end"),

	"POST /actions/ring-again": byOp(pressRingAgain), "POST /actions/ring-person": byOp(pressRingPerson), "POST /actions/widen": byOp(pressWiden),
	"POST /actions/hand-over": byOp(pressHandOver), "POST /actions/pause": byOp(pressPause), "POST /actions/back": byOp(pressBack),
	"POST /actions/end-wrap-up": byOp(pressEndWrapUp),

	"GET /audit": byOp("audit", "verify-audit"), "POST /audit/export": byOp("audit"),
	"GET /audit/plans": byOp("versions"), "GET /audit/{version}": byOp("version"),

	"GET /teams": byOp("teams"), "GET /teams/{id}": byOp("team"), "GET /mutual-aid": byOp("mutual-aid"), "GET /localities": byOp("localities"),
	"POST /localities": byOp("look-up"), "GET /lines": byOp("lines"),
	"POST /teams/change/merge": byOp("merge"), "POST /teams/change/split": byOp("split"), "POST /teams/take-back/{id}": byOp("take-back-team"),

	"POST /rota/change/sick": byOp("sick"), "POST /rota/change/replace": byOp("replace"), "POST /rota/change/swap": byOp("swap"),
	"POST /rota/change/take": byOp("take"), "POST /rota/change/cover": byOp("cover"), "POST /rota/change/back": byOp("end-absence"),
	"POST /rota/change/join": byOp("join"), "POST /rota/change/details": byOp("details"), "POST /rota/change/leave": byOp("leave"),
	"POST /rota/change/help": byOp("help"), "POST /rota/change/end-help": byOp("end-help"), "POST /rota/change/move-code": byOp("move-code"),
	"POST /rota/change/retire": byOp("retire", "restore"),

	"GET /rota/drafts/{name}": byOp("draft"), "POST /rota/drafts/{name}/publish": byOp("publish"),
	"POST /rota/drafts/{name}/catch-up": byOp("catch-up"), "POST /rota/drafts/{name}/drop": byOp("drop"),
	"GET /rota/undo": noOp(itAsks), "POST /rota/undo": byOp("undo"),
	"GET /rota/swaps": byOp("swaps"), "GET /rota/swaps/{id}": byOp("foreseen-swap"),
	"POST /rota/swaps/{id}/approve": byOp("approve-swap"), "POST /rota/swaps/{id}/refuse": byOp("refuse-swap"),

	"GET /reports": byOp("reports"), "GET /reports/staffing": byOp("staffing"), "GET /reports/{month}": byOp("report"),
	"GET /reports/{month}/return.csv": byOp("return"), "GET /reports/{month}/{page}/{file...}": byOp("report"),
	"GET /set-up": byOp("set-up"),

	"GET /follow-ups":                      byOp("follow-ups", "callbacks"),
	"GET /follow-ups/end/{id}/{category}":  noOp(itAsks),
	"POST /follow-ups/end/{id}/{category}": byOp("end-follow-up"),
	"GET /follow-ups/why/{id}/{category}":  noOp(itAsks),
	"POST /follow-ups/why/{id}/{category}": byOp("review-follow-up"),
	"GET /calls/{id}/callback":             byOp("callback"),
	"GET /calls/{id}/callback/promise":     noOp(itAsks),
	"POST /calls/{id}/callback/promise":    byOp("owe-callback"),
	"POST /calls/{id}/callback/take":       byOp("claim-callback"),
	"POST /calls/{id}/callback/give-back":  byOp("release-callback"),
	"GET /calls/{id}/callback/try":         noOp(itAsks),
	"POST /calls/{id}/callback/try":        byOp("try-callback"),
	"GET /calls/{id}/callback/end":         noOp(itAsks),
	"POST /calls/{id}/callback/end":        byOp("close-callback"),
	"GET /calls":                           byOp("calls"),
	"GET /calls/{id}":                      byOp("story"),
	"GET /calls/{id}/record":               noOp(itAsks),
	"POST /calls/{id}/record":              byOp("record"),
	"GET /calls/{id}/number":               noOp(itAsks),
	"POST /calls/{id}/number":              noOp(wholeNumber),
}

// programsAlone are the operations that are no page's, and why.
var programsAlone = map[string]string{
	"drafts":     "on the pages Rota and Teams, for who may change them",
	"me":         "what a program may do; a page shows it in its head",
	"operations": "any operations of the command line's, together: no page asks for that",
}

// ways are the pages behind an address that has several, with what each takes.
func ways(pattern string, needs access.Permission) map[string]access.Permission {
	all := map[string]access.Permission{}
	method, path, _ := strings.Cut(pattern, " ")
	switch {
	case method == "GET" && (strings.Contains(path, "{way}") || strings.Contains(path, "{action}")): // asks
	case strings.HasPrefix(path, "/rota/change/{way}"):
		for way, m := range mends {
			all[strings.Replace(pattern, "{way}", way, 1)] = m.Needs
		}
	case strings.HasPrefix(path, "/teams/change/{way}"):
		for way := range wizards {
			all[strings.Replace(pattern, "{way}", way, 1)] = needs
		}
	case strings.HasPrefix(path, "/actions/{action}/{id}"):
		for action, a := range new(Console).everyAction() {
			all["POST /actions/"+action] = a.Needs
		}
	default:
		all[pattern] = needs
	}
	return all
}

// TestEveryPageIsAnOperation: what a page does a program can do, by the same
// role; and the other way round.
func TestEveryPageIsAnOperation(t *testing.T) {
	t.Parallel()
	_, c := whole(t)
	offered := map[string]access.Permission{}
	for _, one := range theAPI().here(&c.o) {
		offered[one.ID] = one.Needs
	}
	named, pages := map[string]bool{}, map[string]bool{}
	for _, to := range c.table() {
		method, path, ok := strings.Cut(to.Pattern, " ")
		if !ok || strings.HasPrefix(path, "/api/") {
			continue
		}
		for page, needs := range ways(to.Pattern, to.Needs) {
			pages[page] = true
			as, ok := pagesAsAPI[page]
			switch {
			case !ok:
				t.Errorf("%s is not in pagesAsAPI: by which operation does a program do it?", page)
			case len(as.ops) == 0 && (as.why == "" || as.why == itAsks && method != "GET"):
				t.Errorf("%s has neither an operation nor a reason", page)
			}
			for _, id := range as.ops {
				named[id] = true
				if by, ok := offered[id]; !ok || by.Least() != needs.Least() {
					t.Errorf("%s takes %s, and the operation %s %q", page, needs, id, by)
				}
			}
		}
	}
	for page := range pagesAsAPI {
		if !pages[page] {
			t.Errorf("%s is no page", page)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(offered)) {
		if !named[id] && programsAlone[id] == "" {
			t.Errorf("the operation %s is no page's: why?", id)
		}
	}
}
