package access

import "slices"

// Role is what somebody is, as far as these pages go.
type Role string

// The closed set of roles, each including those before it.
const (
	Viewer        Role = "viewer"
	Responder     Role = "responder"
	ShiftLead     Role = "shift_lead"
	DutyManager   Role = "duty_manager"
	Administrator Role = "administrator"
)

// Roles lists the closed set, the least first.
var Roles = []Role{Viewer, Responder, ShiftLead, DutyManager, Administrator}

// Words is the role as a person says it.
func (r Role) Words() string {
	return map[Role]string{
		Viewer: "viewer", Responder: "responder", ShiftLead: "shift lead",
		DutyManager: "duty manager", Administrator: "administrator",
	}[r]
}

// Permission is one thing that may be done.
type Permission string

// The closed set of permissions.
const (
	Anyone       Permission = ""              // needs no signing in: the way in itself
	SignedIn     Permission = "signed_in"     // whoever is signed in, about themselves
	Look         Permission = "look"          // the board, the rota, teams, people without numbers
	ReadReports  Permission = "read_reports"  // figures
	OwnShift     Permission = "own_shift"     // one's own state, shifts, swaps
	ReadCalls    Permission = "read_calls"    // calls as stories, without numbers
	Record       Permission = "record"        // what came of a call, what was promised after it
	RecordAny    Permission = "record_any"    // the same, of somebody else's call
	ActOnCalls   Permission = "act_on_calls"  // ring again, ring somebody, bring in more people, hand over
	ActOnPeople  Permission = "act_on_people" // break, away, back, end a wrap-up
	MendNow      Permission = "mend_now"      // put somebody in another's place at once
	Review       Permission = "review"        // say why a promise was late
	SeeNumbers   Permission = "see_numbers"   // one number, in full, with a reason
	ChangeRota   Permission = "change_rota"   // drafts, publishing, undoing, swaps, people
	Waive        Permission = "waive"         // answer by name for what the checks refuse
	ReadAudit    Permission = "read_audit"    // who did what
	ReadSetUp    Permission = "read_set_up"   // the checklist
	ChangeTeams  Permission = "change_teams"  // merge, split, lines, mutual aid
	ManageAccess Permission = "manage_access" // sessions, codes, tokens
)

// least is the table of who may do what: the least role for each permission.
var least = map[Permission]Role{
	SignedIn: Viewer, Look: Viewer, ReadReports: Viewer,
	OwnShift: Responder, ReadCalls: Responder, Record: Responder,
	RecordAny: ShiftLead, ActOnCalls: ShiftLead, ActOnPeople: ShiftLead, MendNow: ShiftLead, Review: ShiftLead, SeeNumbers: ShiftLead,
	ChangeRota: DutyManager, Waive: DutyManager, ReadAudit: DutyManager, ReadSetUp: DutyManager,
	ChangeTeams: Administrator, ManageAccess: Administrator,
}

// Permissions lists all that need a role, in no particular order.
func Permissions() []Permission {
	var all []Permission
	for p := range least {
		all = append(all, p)
	}
	slices.Sort(all)
	return all
}

// Least is the least role that has a permission; "" for Anyone, and for a
// permission there is not, which nobody has.
func (p Permission) Least() Role { return least[p] }

// includes reports whether r may do what the role other may.
func (r Role) includes(other Role) bool {
	i, j := slices.Index(Roles, r), slices.Index(Roles, other)
	return j >= 0 && i >= j
}
