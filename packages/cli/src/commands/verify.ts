import { createEntrySums } from '@understory/core/entry-sums.ts';
import { BadInput } from '@understory/core/errors.ts';
import { auditLog, type LogAudit } from '@understory/transparency-log/audit.ts';
import { auditYears, type YearsAudit } from '@understory/transparency-log/audit-years.ts';
import { originOf } from '@understory/transparency-log/checkpoint.ts';
import { type Cosignature, readCosignatures } from '@understory/transparency-log/cosignature.ts';
import { BadNote, type NoteVerifier, parseVkey } from '@understory/transparency-log/note.ts';
import { openLeaf } from '@understory/transparency-log/sd.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import type { Command } from 'commander';
import { beside, bytesOf, readerOf } from '../log-place.ts';
import type { Session } from '../parts.ts';
import { disproved } from './disproved.ts';
import { verifyReceiptCommand } from './receipts.ts';
import { verifyAuditCommand } from './verify-audit.ts';

/** `understory verify …`: needs no login, and believes nobody but the key it is given. */
export function verifyCommands(program: Command, session: Session): void {
	const verify = program
		.command('verify')
		.description('check a moderation log, one entry of it, or a receipt');
	verify
		.command('entry')
		.argument('<entry>', 'the file of the entry, <id>.json')
		.argument('<proof>', 'the file of its receipt, <id>.tlog-proof')
		.requiredOption('--key <vkey>', 'the key of the log, as it was published')
		.option('--words <file>', 'the file of its salted texts, as the site has it')
		.description('check that one entry is in the log, and which words it committed to')
		.action(async (entry: string, proof: string, { key, words }: { key: string; words?: string }) => {
			const bytes = await bytesOf(entry);
			const verdict = verifyEntry({
				entry: bytes,
				proof: (await bytesOf(proof)).toString('utf8'),
				vkey: key,
			});
			if (!verdict.ok) return disproved(session, verdict.reason);
			const texts = words === undefined ? [] : openLeaf(bytes.toString('utf8'), await disclosuresIn(words));
			if (!texts) return disproved(session, 'These are not the words that this entry committed to.');
			const { origin, index, size, root } = verdict;
			const said = Object.fromEntries(texts.map(({ name, value }) => [name, value]));
			session.showOne(
				{ ...verdict, ...(words === undefined ? {} : { words: said }) },
				{ proven: 'yes', log: origin, entry: index, size, root, ...said },
			);
		});
	verifyAuditCommand(verify, session);
	verifyReceiptCommand(verify, session);
	verify
		.command('log')
		.argument('<place>', 'a folder with a downloaded year, or its address')
		.requiredOption('--key <vkey>', 'the key of the log, as it was published')
		.option('--witness <vkey...>', 'keys of witnesses, to count who else signed', [])
		.option('--need <count>', 'how many of these witnesses have to have signed', '0')
		.option('--since <file...>', 'checkpoints that you kept: the log must be one that grew out of each', [])
		.option('--one-year', 'do not go on to the years before')
		.description('derive a whole log anew from its entries, and the years it goes back to')
		.action(async (place: string, given: LogWords) => {
			const known = keysOf(given.witness);
			const need = needOf(given.need, known.length);
			const since = await Promise.all(given.since.map(bytesOf));
			const read = readerOf(place);
			const sums = createEntrySums();
			const each = (entry: Buffer) => {
				sums.add(entry.toString('utf8'));
				return null;
			};
			const audit = given.oneYear
				? yearsOf(await auditLog({ vkey: given.key, read, each, since }))
				: await auditYears({ vkey: given.key, readOf: beside(place, given.key), each, since });
			if (!audit.ok) return disproved(session, audit.reason);
			const stranger = since.findIndex(
				(note) => !audit.years.some(({ origin }) => origin === originOf(note)),
			);
			if (stranger >= 0)
				return disproved(session, `${given.since[stranger]} is no checkpoint of a log that was looked at.`);
			// Of a year alone, sums of December may be of entries in the year after, and those of the year before are not here.
			const asked = given.oneYear ? [Number(audit.years[0]!.origin.slice(-4))] : undefined;
			const [wrong] = sums.faults(asked);
			if (wrong) return disproved(session, wrong);
			const [newest, ...before] = audit.years;
			const note = (await read('checkpoint'))!;
			const seen = cosignaturesIn(note, known);
			if (typeof seen === 'string') return disproved(session, seen);
			if (seen.length < need)
				return disproved(session, `${seen.length} of these witnesses signed, and you ask for ${need}.`);
			const { origin, size, root } = newest!;
			const signed = seen.map(({ witness: { name }, time }) => ({ name, time }));
			session.showOne(
				{ ...newest!, years_before: before, witnesses: signed },
				{
					sound: 'yes',
					log: origin,
					size,
					root,
					'months summed up': `${sums.months(asked)}, as the entries say`,
					'years before': newest!.before && given.oneYear ? 'not looked at' : yearsInWords(before),
					'kept checkpoints': since.length === 0 ? 'none was given' : `it grew out of all ${since.length}`,
					witnesses: known.length === 0 ? 'none was asked about' : `${seen.length} of ${known.length} signed`,
				},
			);
		});
}

/** What a file of salted texts has; something that no entry commits to for what is no such file. */
async function disclosuresIn(file: string): Promise<string[]> {
	try {
		const { disclosures } = JSON.parse((await bytesOf(file)).toString('utf8')) as { disclosures?: unknown };
		if (Array.isArray(disclosures) && disclosures.every((one) => typeof one === 'string')) return disclosures;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new BadInput(`${file} is no file of texts of an entry.`);
}

/** The words that `verify log` was given. */
interface LogWords {
	readonly key: string;
	readonly witness: string[];
	readonly need: string;
	readonly since: string[];
	readonly oneYear?: boolean;
}

function needOf(text: string, known: number): number {
	if (/^\d{1,3}$/.test(text) && Number(text) <= known) return Number(text);
	throw new BadInput('--need is a count, and not more than the witnesses that you name.');
}

function cosignaturesIn(note: Buffer, known: readonly NoteVerifier[]): readonly Cosignature[] | string {
	try {
		return readCosignatures(note, known);
	} catch (error) {
		if (error instanceof BadNote) return error.message;
		throw error;
	}
}

function yearsOf(audit: LogAudit): YearsAudit {
	return audit.ok ? { ok: true, years: [audit] } : audit;
}

function yearsInWords(years: readonly { readonly origin: string; readonly size: number }[]): string {
	return years.length === 0 ? 'none' : years.map(({ origin, size }) => `${origin} (${size})`).join(', ');
}

function keysOf(vkeys: readonly string[]) {
	try {
		return vkeys.map((vkey) => parseVkey(vkey, 'cosignature'));
	} catch (error) {
		if (error instanceof BadNote) throw new BadInput(error.message);
		throw error;
	}
}
