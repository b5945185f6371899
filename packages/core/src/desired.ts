import type { BranchRecord, Charter, LibraryRecord, PublicKeyRecord, SignedConsent } from './register.ts';
import type { RosterWords } from './roster-change.ts';

/**
 * What the provisioner wants of one branch at one home (DESIGN 5.2): a signed document, PUT to the home's internal port.
 * A home refuses one that is not addressed to it, has expired, or has a lower generation than the last it carried out.
 */
export interface DesiredBranch {
	readonly type: 'understory/desired-branch/v1';
	readonly home: string;
	readonly generation: number;
	/** UTC milliseconds. */
	readonly issued: number;
	readonly expires: number;
	readonly library: LibraryRecord;
	readonly branch: BranchRecord;
	/** Neighborhoods to consent to, with the charter that is agreed to. */
	readonly neighborhoods: readonly {
		readonly id: string;
		readonly roster_url: string;
		readonly charter: Charter;
	}[];
}

export type SignedDesiredBranch = DesiredBranch & { readonly key_id: string; readonly sig: string };

/** What a home answers, and later reports in signed batches. */
export interface BranchStatus {
	readonly branch: string;
	readonly generation: number;
	readonly epoch: number;
	readonly state: 'serving' | 'suspended' | 'refused' | 'damaged';
	/** A sentence for library IT when the branch is refused or damaged. */
	readonly message: string | null;
	readonly branch_key: PublicKeyRecord | null;
	readonly consents: readonly SignedConsent[];
	/** What it says about its rosters, all of it; missing from homes that do not know of it. */
	readonly roster_words?: RosterWords;
}

/** A signed batch of status (POST /internal/v1/status). */
export interface StatusReport {
	readonly type: 'understory/status/v1';
	readonly home: string;
	readonly issued: number;
	readonly branches: readonly BranchStatus[];
}

/** A role presents its key (POST /internal/v1/roles); the token is needed the first time only. */
export interface Enrolment {
	readonly type: 'understory/enrolment/v1';
	readonly token: string | null;
	readonly kind: RoleKind;
	readonly name: string;
	readonly public_key: PublicKeyRecord;
	/** Where the provisioner reaches it; null for roles that only pull. */
	readonly internal_url: string | null;
	readonly issued: number;
}

/** `edge`: a proxy before the platform that follows its routing table. */
export type RoleKind = 'home' | 'sso-bridge' | 'accountability' | 'edge';

/** The answer to an enrolment. */
export interface Enrolled {
	readonly role_id: string;
	readonly platform_key: PublicKeyRecord;
}
