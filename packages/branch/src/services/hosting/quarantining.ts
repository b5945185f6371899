import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { digestText } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';
import { type CaseFile, caseFilesOf } from '../../store/case-files.ts';
import { listMatchesOf } from '../../store/list-matches.ts';
import {
	addQuarantined,
	type Custody,
	custodyOf,
	type EmergencyKind,
	listAsked,
	type Quarantined,
	quarantinedBy,
} from '../../store/quarantine.ts';
import type { Reading, Settled, Writing } from '../../store/store.ts';
import { isUnbroken, noteCustody } from './custody.ts';
import { decideIn, prepare, rulesHere } from './deciding.ts';
import { type Emergency, emergencyOf } from './emergencies.ts';
import { pageNightDesk } from './night-desk.ts';
import { removedPost } from './removing.ts';
import { type SecondPerson, secondPersons } from './second-person.ts';
import { wordsOf } from './subject.ts';

const HOUR = 60 * 60_000;
/** How long somebody may look after a second person agreed. */
export const OPEN_FOR = HOUR;

/**
 * Seals a post at once: it is removed under the rule of its class, with a statement, a notice and the way to appeal as ever, and besides nobody on the staff sees it any more
 * without a second person. The night desk is paged. One transaction. Throws BadInput `emergency_kind`, `emergency_rule` or what `prepare` throws. Returns the id of
 * the decision.
 */
export function sealAtOnce(
	context: BranchContext,
	staffId: string,
	{ post, kind, facts }: { readonly post: number; readonly kind: string; readonly facts: string },
): string {
	const emergency = emergencyOf(kind);
	const found = rulesHere(context).find(({ rule }) => rule.id === emergency?.rule);
	if (!emergency || !found) {
		const text = emergency ? 'emergency_rule' : 'emergency_kind';
		throw new BadInput('Choose what it is.', [{ field: 'kind', text }]);
	}
	const rule = `${found.policy.id}/${found.rule.id}`;
	const prepared = prepare(context, staffId, { post, rule, facts, actions: ['content_removed'] });
	return context.store.transact((writing) => {
		// Asked before: they go with the pictures.
		const matches = listMatchesOf(writing, post);
		// Nobody is ever to show what this was.
		const decision = decideIn(context, writing, staffId, { ...prepared, text: null });
		addQuarantined(writing, { decision, kind: emergency.kind, at: context.clock.now() });
		const evidence = evidenceOf(context, writing, decision).digest;
		noteCustody(context, writing, { decision, what: 'sealed', staff_id: staffId, evidence });
		for (const { list, evidence } of matches) {
			noteCustody(context, writing, { decision, what: `matched:${list}`, staff_id: null, evidence });
		}
		const path = `/staff/quarantine/${decision}`;
		pageNightDesk(context, writing, { kind: emergency.kind, path });
		return decision;
	});
}

/** Where a step of the runbook stands. */
export interface StepState {
	readonly name: Emergency['steps'][number]['name'];
	/** UTC milliseconds: until then it is to be done. */
	readonly due: number;
	readonly done: Custody | null;
}

/** A sealed post as those of the staff who may see that there is one read it. */
export interface Sealed {
	readonly row: Quarantined;
	readonly steps: readonly StepState[];
	readonly custody: readonly Custody[];
	/** Does each line of the custody still name the one before it? */
	readonly unbroken: boolean;
	/** Somebody asks to open it, and a second person has not agreed. */
	readonly asked: Custody | null;
	/** Who may look now, and until when. */
	readonly open: { readonly staff_id: string; readonly until: number } | null;
}

/** Looks it up. Throws NotFound for a case that was not sealed so. */
export function sealedIn(context: Pick<BranchContext, 'clock'>, reading: Reading, decision: string): Sealed {
	const row = quarantinedBy(reading, decision);
	if (!row) throw new NotFound();
	const custody = custodyOf(reading, decision);
	const last = (...what: string[]) => custody.findLast((line) => what.includes(line.what)) ?? null;
	const asking = last('asked', 'agreed', 'handed_over');
	const agreed = last('agreed');
	const by = agreed && custody.findLast(({ id, what }) => what === 'asked' && id < agreed.id);
	const until = (agreed?.at ?? 0) + OPEN_FOR;
	const isOpen = by && asking?.what === 'agreed' && context.clock.now() < until;
	return {
		...{ row, custody, unbroken: isUnbroken(custody) },
		steps: (emergencyOf(row.kind)?.steps ?? []).map(({ name, hours }) => ({
			...{ name, due: row.at + hours * HOUR, done: last(`done:${name}`) },
		})),
		asked: asking?.what === 'asked' ? asking : null,
		open: isOpen && by.staff_id !== null ? { staff_id: by.staff_id, until } : null,
	};
}

/** Writes down that a step of the runbook was done. Throws NotFound for one that is none, Conflict `already_done`. */
export function doStep(context: BranchContext, staffId: string, decision: string, name: string): void {
	inCase(context, staffId, decision, (writing, { steps }) => {
		const step = steps.find((one) => one.name === name);
		if (!step) throw new NotFound();
		if (step.done) throw new Conflict('Somebody has done this already.', 'already_done');
		noteCustody(context, writing, { decision, what: `done:${name}`, staff_id: staffId });
	});
}

/** Asks a second person to agree that it is opened. */
export function askToOpen(context: BranchContext, staffId: string, decision: string): void {
	inCase(context, staffId, decision, (writing, { asked, open }) => {
		if (asked || open) throw new Conflict('Somebody has asked already.', 'already_asked');
		noteCustody(context, writing, { decision, what: 'asked', staff_id: staffId });
	});
}

/**
 * Agrees that whoever asked opens it within the hour. Throws NotAllowed for whoever may not (`second-person.ts`) and `second_person` for whoever asked themselves, Conflict
 * `nobody_asks`.
 */
export function agreeToOpen(context: BranchContext, staffId: string, decision: string): void {
	context.store.transact((writing) => {
		const { asked } = sealedIn(context, writing, decision);
		const isHost = context.current.mayDecide(staffId);
		if (!asked && isHost) throw new Conflict('Nobody asks to open this.', 'nobody_asks');
		if (asked?.staff_id === staffId) throw secondPerson();
		if (!asked || !mayAgree(context, asked).has(staffId)) throw notForYou();
		noteCustody(context, writing, { decision, what: 'agreed', staff_id: staffId });
	});
}

/** Who may agree with what somebody asks, and as what. */
export function mayAgree(
	{ current, clock }: Pick<BranchContext, 'current' | 'clock'>,
	{ staff_id }: Pick<Custody, 'staff_id'>,
): ReadonlyMap<string, SecondPerson> {
	const grants = current.register()?.grants ?? [];
	return secondPersons(grants, { branch: current.branch().id, asker: staff_id ?? '', now: clock.now() });
}

/** The cases that wait for a second person and which this member of the staff may agree to. */
export function waitingForSecond(context: BranchContext, staffId: string): readonly Sealed[] {
	return context.store
		.read((reading) => listAsked(reading).map((decision) => sealedIn(context, reading, decision)))
		.filter(({ asked }) => asked !== null && mayAgree(context, asked).has(staffId));
}

/**
 * The words of what was sealed, for whoever asked and was agreed with; pictures are on no page. Throws NotAllowed `second_person` for anybody else, and for what is never
 * shown: that goes out as a file alone.
 */
export function openWords(context: BranchContext, staffId: string, decision: string): string {
	return inCase(context, staffId, decision, (writing, { row, open }) => {
		if (open?.staff_id !== staffId || row.kind === 'child_abuse') throw secondPerson();
		noteCustody(context, writing, { decision, what: 'opened', staff_id: staffId });
		return wordsOf(removedPost(context, writing, decision)?.columns ?? {});
	});
}

/** What is handed to the police or to NCMEC: everything that was sealed, as it was, with who had it in hands. */
export interface Evidence {
	readonly type: 'understory/evidence/v1';
	readonly branch: string;
	readonly decision: string;
	readonly kind: EmergencyKind;
	/** Part of the case file -> its text; files are base64. */
	readonly parts: Readonly<Record<string, string>>;
	/** `sha256:<hex>` over the canonical form of `parts`. */
	readonly digest: string;
	readonly custody: readonly Custody[];
}

/**
 * Gives it out to whoever asked and was agreed with, once: a file, never a page, so that nobody stumbles on it. Throws NotAllowed `second_person` for anybody else, NotFound when it
 * was destroyed.
 */
export function handOut(context: BranchContext, staffId: string, decision: string): Evidence {
	return inCase(context, staffId, decision, (writing, { row, open }) => {
		if (open?.staff_id !== staffId) throw secondPerson();
		const { parts, digest } = evidenceOf(context, writing, decision);
		if (Object.keys(parts).length === 0) throw new NotFound();
		noteCustody(context, writing, { decision, what: 'handed_over', staff_id: staffId });
		const branch = new URL(context.origin).host;
		const custody = custodyOf(writing, decision);
		return { type: 'understory/evidence/v1', branch, decision, kind: row.kind, parts, digest, custody };
	});
}

function notForYou(): NotAllowed {
	return new NotAllowed('Only the hosts of this branch see what was sealed.', 'not_a_host');
}

function secondPerson(): NotAllowed {
	return new NotAllowed('A second person has to agree first.', 'second_person');
}

function inCase<T>(
	context: BranchContext,
	staffId: string,
	decision: string,
	act: (writing: Writing, sealed: Sealed) => Settled<T>,
): T {
	if (!context.current.mayDecide(staffId)) {
		throw notForYou();
	}
	return context.store.transact((writing) => act(writing, sealedIn(context, writing, decision)));
}

function evidenceOf({ keyring }: BranchContext, reading: Reading, decision: string) {
	const open = ({ name, sealed }: CaseFile) => [name, keyring.unseal(`case:${decision}:${name}`, sealed)];
	const parts: Record<string, string> = Object.fromEntries(caseFilesOf(reading, decision).map(open));
	return { parts, digest: digestText(canonicalize(parts)) };
}
