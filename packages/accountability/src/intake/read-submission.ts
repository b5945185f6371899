import { BadInput, type Fault, TooLarge } from '@understory/core/errors.ts';
import type { EntrySubmission, SignedBranchEntry } from '@understory/core/statement.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { type Disclosed, parseDisclosure, reveal } from '@understory/transparency-log/sd.ts';
import { MAX_ENTRY } from '@understory/transparency-log/tiles.ts';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { entrySchemas, schemaNameOf, submissionSchema } from './entry-schema.ts';

/** A submission that is whole in itself; who signed it and what came before is not looked at yet. */
export interface ReadSubmission {
	/** The exact text that was signed. */
	readonly text: string;
	readonly entry: SignedBranchEntry;
	readonly disclosures: readonly Disclosed[];
	/** Texts of the decision that an unsealing names; whether that committed to them is not looked at yet. */
	readonly unsealed: readonly Disclosed[];
	/** How many people are at the branch, as it says; null when it does not. */
	readonly people: number | null;
}

/** The texts an entry may disclose, and how long each may be (reference/accountability.md 1.2). */
const DISCLOSED_FIELDS = new Set(['facts', 'explanation']);
const MAX_DISCLOSED = 2000;

/**
 * Makes the reader of what branches post. It throws `TooLarge` for an entry over 65,535 bytes and `BadInput` with the fields
 * for anything that does not fit the schema, is not in canonical form, or discloses what the entry does not commit to.
 */
export function createSubmissionReader(): (body: unknown) => ReadSubmission {
	const ajv = new Ajv({ allErrors: true, strict: true });
	formats.default(ajv, ['date']);
	const isSubmission = ajv.compile<EntrySubmission>(submissionSchema);
	const isEntry = {
		statement: ajv.compile<SignedBranchEntry>(entrySchemas.statement),
		federation: ajv.compile<SignedBranchEntry>(entrySchemas.federation),
		policy: ajv.compile<SignedBranchEntry>(entrySchemas.policy),
		contacts: ajv.compile<SignedBranchEntry>(entrySchemas.contacts),
		appeal: ajv.compile<SignedBranchEntry>(entrySchemas.appeal),
		audit: ajv.compile<SignedBranchEntry>(entrySchemas.audit),
		appeal_outcome: ajv.compile<SignedBranchEntry>(entrySchemas.appeal_outcome),
		unsealing: ajv.compile<SignedBranchEntry>(entrySchemas.unsealing),
		official_request: ajv.compile<SignedBranchEntry>(entrySchemas.official_request),
		period_totals: ajv.compile<SignedBranchEntry>(entrySchemas.period_totals),
	};

	return (body) => {
		if (typeof body === 'object' && body !== null && 'entry' in body && typeof body.entry === 'string') {
			if (Buffer.byteLength(body.entry, 'utf8') > MAX_ENTRY) {
				throw new TooLarge('An entry may have 65,535 bytes and not more.');
			}
		}
		if (!isSubmission(body)) throw refused('This is not a submission of an entry.', isSubmission);
		const entry = parse(body.entry);
		const isOfKind = isEntry[schemaNameOf((entry as { kind?: unknown } | null)?.kind)];
		if (!isOfKind(entry)) throw refused('This entry does not have the form of a log entry.', isOfKind);
		if (canonical(entry) !== body.entry) {
			throw new BadInput('The text of an entry must be its canonical JSON (RFC 8785).', [
				{ field: 'entry', text: 'It is not the canonical form of what it says.' },
			]);
		}
		return {
			...{ text: body.entry, entry, people: body.people ?? null },
			disclosures: readDisclosures(entry, body.disclosures),
			unsealed: readUnsealed(entry, body.unsealed ?? []),
		};
	};
}

function readDisclosures(entry: SignedBranchEntry, disclosures: readonly string[]): Disclosed[] {
	const revealed = reveal(entry._sd, disclosures);
	const known = revealed?.every(
		({ name, value }) => DISCLOSED_FIELDS.has(name) && value.length <= MAX_DISCLOSED,
	);
	if (!revealed || !known) {
		throw new BadInput('A disclosure does not belong to this entry.', [
			{
				field: 'disclosures',
				text: 'Each must be a text of facts or explanation that the entry commits to, once.',
			},
		]);
	}
	return revealed;
}

/** Only with an entry that makes something public, and only the texts that it names. */
function readUnsealed(entry: SignedBranchEntry, unsealed: readonly string[]): Disclosed[] {
	const fields: readonly string[] =
		entry.kind === 'unsealing' && entry.state === 'published' ? entry.fields : [];
	const texts = unsealed.flatMap((one) => parseDisclosure(one) ?? []);
	const names = new Set(texts.map(({ name }) => name));
	if (names.size < unsealed.length || texts.some(({ name }) => !fields.includes(name))) {
		throw new BadInput('A disclosure does not belong to this entry.', [
			{ field: 'unsealed', text: 'Each must be a text that the entry says is made public, once.' },
		]);
	}
	return texts;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new BadInput('The entry is not JSON.', [{ field: 'entry', text: 'It cannot be read.' }], { cause });
	}
}

function canonical(entry: SignedBranchEntry): string | null {
	try {
		return canonicalize(entry);
	} catch (error) {
		if (error instanceof TypeError) return null;
		throw error;
	}
}

function refused(sentence: string, validate: ValidateFunction): BadInput {
	return new BadInput(sentence, (validate.errors ?? []).slice(0, 20).map(fault));
}

/** Names the field and the rule and never the value, which could be somebody's words. */
function fault(error: ErrorObject): Fault {
	const path = error.instancePath.slice(1).replaceAll('/', '.');
	const property = (error.params as { missingProperty?: string }).missingProperty;
	const field = [path, property].filter(Boolean).join('.') || 'entry';
	return { field, text: `It ${error.message ?? 'is not acceptable'}.` };
}
