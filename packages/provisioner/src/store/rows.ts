import type { BackupFacts } from '@understory/core/backup.ts';
import type { RoleKind } from '@understory/core/desired.ts';
import type { Door } from '@understory/core/door.ts';
import type { StaffRole, TeamSeat } from '@understory/core/grants.ts';
import type { HostingDays, Unhosted } from '@understory/core/hosting.ts';
import type { Location } from '@understory/core/location.ts';
import type { BodyRecord } from '@understory/core/office.ts';
import type { AdoptedRecords } from '@understory/core/records-profile.ts';
import type {
	Address,
	Charter,
	FederationMode,
	PublicKeyRecord,
	SignedConsent,
	SignedRoster,
	WitnessRecord,
} from '@understory/core/register.ts';
import type { RosterSuspension, RosterWords, SignedProposal } from '@understory/core/roster-change.ts';
import type { Stage } from '@understory/core/stage.ts';
import type { Successor } from '@understory/core/successor.ts';
import type { Suspension } from '@understory/core/suspension.ts';
import type { BackupSchedule } from '../schedule/backup-schedule.ts';

/** The rows as knex gives them. PostgreSQL's bigint comes as text; `big` reads it. */
export interface LibraryRow {
	id: string;
	source_key: string | null;
	source_digest: string | null;
	slug: string;
	name: string;
	region: string;
	zone: string;
	languages: string[];
	card_origin: string;
	accountability_origin: string;
	card_digits: number | null;
	witnesses: WitnessRecord[];
	watches: string[];
	/** Missing bodies have as many members as contacts. */
	bodies: BodyRecord[];
	/** What its counsel settled about records. */
	records: AdoptedRecords | null;
	/** How its branches are backed up; null: only when somebody asks. */
	backup_schedule: BackupSchedule | null;
	/** How long its branches may be without a host; null: as long as `HOSTING_DAYS` says. */
	hosting_days: HostingDays | null;
	/** The hours of its own time in which homes with branches of it are upgraded; null: those of each upgrade. */
	upgrade_hours: { from: number; to: number } | null;
	sample: boolean;
	address: Address | null;
	phone: string | null;
	created: string;
}

export interface BranchRow {
	id: string;
	library: string;
	source_seq: string | null;
	source_digest: string | null;
	slug: string;
	name: string;
	code: string;
	cloth: string;
	kind: 'branch' | 'room';
	stage: Stage;
	origin: string;
	federation: FederationMode;
	teens_public: boolean;
	totals_only: Record<string, string> | null;
	address: Address;
	/** Null when nobody told. */
	location: Location | null;
	phone: string | null;
	door: Door | null;
	/** When its host or its end was last settled, UTC milliseconds; null: before that was noted. */
	door_since: string | null;
	/** Until when somebody hosts it, as the sweep found last; null while no end is known. */
	hosted_until: string | null;
	/** What was announced while nobody does. */
	unhosted: Unhosted | null;
	policies: string[];
	appeal_partner: string | null;
	proposed_closing: string | null;
	/** Stays after its end until somebody has noticed that it is over. */
	suspension: Suspension | null;
	/** From when it was closed for good; `until` its folder is kept. UTC milliseconds. */
	retirement: { at: number; until: number; deleting?: true; deleted?: number } | null;
	/** Where it goes on that closes or is closed for good. */
	successor: Successor | null;
	/** The branch for which it goes on under another name. */
	renamed_from: string | null;
	/** What kind of home it is to live in. */
	housing: HomeKind;
	/** The name of the home it lives in, from before that home runs. */
	place: string | null;
	/** The role of that home, once it has enrolled. */
	home: string | null;
	epoch: number;
	generation: string;
	observed_generation: string;
	branch_key: PublicKeyRecord | null;
	consents: SignedConsent[];
	/** What it says about its rosters; null before it was told. */
	roster_words: RosterWords | null;
	observed_state: string | null;
	observed_message: string | null;
	created: string;
}

/** A *shared* home holds many branches, a *dedicated* one a single one (DESIGN section 2). */
export const HOME_KINDS = ['shared', 'dedicated'] as const;
export type HomeKind = (typeof HOME_KINDS)[number];

export interface HomeRow {
	name: string;
	kind: HomeKind;
	cell: string;
	/** How many branches live in it; PostgreSQL counts them. */
	branches: number;
	/** The namespace of its library in the cluster; null: that of shared homes. */
	namespace: string | null;
	/** Whose namespace that is. */
	library: string | null;
	created: string;
}

export interface ConditionRow {
	branch: string;
	type: ConditionType;
	status: 'True' | 'False' | 'Unknown';
	reason: string;
	message: string;
	transition_at: string;
	/** When it was told, as it stands. */
	told_at: string;
	observed_generation: string;
}

/** A condition that became another; PostgreSQL writes it with the condition. */
export interface EventRow {
	id: string;
	library: string;
	branch: string;
	condition: ConditionType;
	/** Null for the first that was ever told of a condition that comes later. */
	was_status: ConditionRow['status'] | null;
	was_reason: string | null;
	status: ConditionRow['status'];
	reason: string;
	/** Of the last time. */
	message: string;
	generation: string;
	/** How often within an hour of the last time. */
	times: number;
	first_at: string;
	at: string;
	/** In what order they are read; null until somebody reads. */
	seq: string | null;
}

/** Every branch has each of them from the first look, if only Unknown (Cluster API's lesson, reference/kubernetes.md B1). */
export const CONDITION_TYPES = [
	'Available',
	'Synced',
	'Progressing',
	'Drifted',
	'Paused',
	'Deleting',
	'Neighborly',
	'DomainVerified',
	'CertificateReady',
] as const;
/** `BackupFresh` comes with the first schedule of backups that a library has, `Hosted` with the first day or role from which it could be told. */
export type ConditionType = (typeof CONDITION_TYPES)[number] | 'BackupFresh' | 'Hosted';

export interface IntentRow {
	branch: string;
	action: string;
	generation: string;
	state: 'running' | 'done' | 'failed';
	failures: number;
	not_before: string;
	detail: string | null;
	/** The code of a home that would not, as far as it gave one. */
	code: string | null;
	at: string;
}

export interface NeighborhoodRow {
	id: string;
	library: string;
	name: string;
	url: string;
	charter: Charter;
	roster: SignedRoster | null;
	/** Those that go on, and those of the last weeks. */
	suspensions: RosterSuspension[];
	created: string;
}

/** What the steward proposed to the members of a neighborhood. */
export interface RosterProposalRow {
	id: string;
	neighborhood: string;
	proposal: SignedProposal;
	created: string;
	created_by: string;
	decided: string | null;
	carried: boolean | null;
}

export interface RoleRow {
	id: string;
	kind: RoleKind;
	name: string;
	key_id: string;
	public_key: string;
	internal_url: string | null;
	seen_at: string;
	/** When the newest report that was taken of it was signed, by its own clock. */
	told_issued: string;
}

export interface OperationRow {
	id: string;
	kind: string;
	library: string | null;
	branch: string | null;
	state: 'queued' | 'running' | 'done' | 'failed';
	done: number;
	total: number | null;
	result: unknown;
	problem: { title: string; code: string } | null;
	created_by: string;
	created: string;
	finished: string | null;
}

/** A copy of a branch's folder in the home where it lives. */
export interface BackupRow {
	id: string;
	branch: string;
	/** The home it lies in. */
	place: string;
	state: 'underway' | 'done' | 'failed';
	asked: string;
	asked_by: string;
	facts: BackupFacts | null;
	message: string | null;
	/** Whether a schedule made it, which removes it by age. */
	scheduled: boolean;
}

/** A copy is laid out beside what serves, then put in its place by a wish with a new epoch. */
export interface RestoreRow {
	id: string;
	branch: string;
	backup: string;
	epoch: number;
	/** `carrying`: the copy comes from another home first. `undoing`: the home is to destroy what it laid out. */
	state: 'carrying' | 'laying_out' | 'switching' | 'undoing' | 'done' | 'failed';
	/** Who cancelled it, once somebody did. */
	cancelled_by: string | null;
	asked: string;
}

export interface GrantRow {
	id: string;
	staff_id: string;
	name: string;
	role: StaffRole;
	library: string;
	branch: string | null;
	valid_from: string;
	valid_until: string | null;
	/** The name of the token that invited them; empty for what is older than this note. */
	invited_by: string;
	/** The name of the token that took the role back. */
	ended_by: string | null;
	/** Who of a shared team it is, for a role that the team gives; null for every other. */
	team_member: string | null;
	team: TeamSeat | null;
}

export interface InvitationRow {
	id: string;
	hash: string;
	library: string;
	branch: string | null;
	role: StaffRole;
	name: string;
	expires: string;
	accepted_by: string | null;
	invited_by: string;
	/** Until when the role is given; null until it is taken back. */
	valid_until: string | null;
	/** Who of a shared team is invited to serve here; null for every other invitation. */
	team_member: string | null;
}

/** A bigint column as a number; all of ours are milliseconds or counts below 2^53. */
export function big(text: string): number {
	return Number(text);
}
