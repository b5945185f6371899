import type { ImportRows, Operation } from '@understory/api-client/api.ts';
import { BadInput, PublicError } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';
import { plain, type Row, tableText } from '../table.ts';

interface Given {
	readonly library?: string;
	readonly into?: string;
	readonly dryRun?: true;
	readonly digest?: string;
	readonly wait: boolean;
}
type ImportRow = ImportRows['items'][number];

/** `understory import`: a file of libraries and branches, looked at before it is taken in. */
export function importCommand(program: Command, session: Session): void {
	program
		.command('import')
		.argument('<file>', 'a file of the Public Libraries Survey, or a list of branches')
		.option('--library <keys>', 'only these, as the file calls them, with commas')
		.option('--into <library>', 'take in branches of this library alone, within its quotas: as library IT')
		.option('--dry-run', 'say what it would do with each row, and do nothing')
		.option('--digest <digest>', 'do what a dry run showed, and nothing when it would not be the same now')
		.option('--no-wait', 'do not wait until it has ended')
		.description('take in libraries and their branches; nothing runs for them yet')
		.action(async (path: string, { library, into, dryRun, digest, wait }: Given) => {
			if (library && into)
				throw new BadInput('Say --library or --into: into one library only its own rows are taken in.');
			if (dryRun && digest) throw new BadInput('A dry run does nothing, so there is nothing to confirm.');
			const api = session.api();
			const query = {
				...(library && { library }),
				...(digest && { digest }),
				...(dryRun && { dry_run: 'true' }),
			};
			const body = await session.file(path);
			const begun = into
				? await api.call('importBranches', { params: { library: into }, query, body })
				: await api.call('importLibraries', { query, body }).catch(sayHow(session, path));
			const named = `${library ? ` --library ${library}` : ''}${into ? ` --into ${into}` : ''}`;
			if (dryRun) return showPreview(session, begun, `${path}${named}`);
			await follow(session, api, begun, wait);
			if (!wait) return;
			const rows = await rowsOf(session, begun.id);
			for (const line of countsOf(rows)) session.say(`${line}\n`);
			for (const { line, reason } of rows.filter(({ outcome }) => outcome === 'refused'))
				session.say(`line ${line}: ${plain(reason ?? '')}\n`);
		});
}

/** Whoever may not take in a file for the whole platform may for a library of theirs. */
function sayHow(session: Session, path: string): (error: unknown) => never {
	return (error) => {
		if (error instanceof PublicError && error.status === 403)
			session.say(`For a library of your own: understory import ${path} --into LIBRARY\n`);
		throw error;
	};
}

/** `asked` is what the confirmation has to name again. */
async function showPreview(session: Session, preview: Operation, asked: string): Promise<void> {
	if (preview.state === 'failed') {
		session.say(`${plain(preview.problem?.title ?? 'The file cannot be taken in.')}\n`);
		return session.end(EXIT.refused);
	}
	const { digest } = preview.result as { digest: string };
	const rows = await rowsOf(session, preview.id);
	const columns = ['line', 'key', 'what', 'name', 'address', 'more'];
	const text = [
		tableText(columns, rows.map(rowOf)),
		...countsOf(rows).map((line) => `${line}\n`),
		rows.every(({ outcome }) => outcome === 'refused' || outcome === 'skipped')
			? 'Nothing was done, and nothing of this file can be taken in.\n'
			: `Nothing was done. To do this: understory import ${asked} --digest ${digest}\n`,
	].join('');
	session.showText({ ...(preview.result as object), rows }, text);
}

async function rowsOf(session: Session, operation: string): Promise<ImportRow[]> {
	return Array.fromAsync(session.api().all('getImportRows', { params: { operation } }));
}

function rowOf({ line, key, outcome, name, url, reason, changed }: ImportRow): Row {
	const more = reason ?? (changed.length > 0 ? `changes ${changed.join(', ')}` : null);
	return { line, key, what: outcome.replaceAll('_', ' '), name, address: url, more };
}

/** `created: 19`, and so on. */
function countsOf(rows: readonly ImportRow[]): string[] {
	const counts = Map.groupBy(rows, ({ outcome }) => outcome);
	return [...counts].map(([outcome, all]) => `${outcome.replaceAll('_', ' ')}: ${all.length}`);
}
