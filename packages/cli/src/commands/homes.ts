import { join } from 'node:path';
import type { Home } from '@understory/api-client/api.ts';
import type { ApiClient } from '@understory/api-client/client.ts';
import { BadInput, Conflict, NotFound, PublicError } from '@understory/core/errors.ts';
import { type HomeKeys, openHomeKeys } from '@understory/core/home-keys.ts';
import type { BoxKey } from '@understory/core/sealed-box.ts';
import { importKey } from '@understory/transparency-log/keys.ts';
import type { Command } from 'commander';
import { EXIT } from '../exit-code.ts';
import { refuseOther, writeKey } from '../key-files.ts';
import type { Session } from '../parts.ts';
import { readRecoveryKey } from './recovery-keys.ts';

interface Given {
	readonly recoveryKey: string;
	readonly to: string;
	readonly all?: boolean;
	readonly before?: boolean;
}

/** `understory home …`: the homes of a platform, and their keys when a volume is lost. */
export function homeCommands(program: Command, session: Session): void {
	const home = program.command('home').description('the homes of a platform, and their kept keys');
	home
		.command('list')
		.description('list the homes, and since when the keys of each are kept and for which recovery key')
		.action(async () => {
			const homes = await Array.fromAsync(session.api().all('listHomes', {}));
			session.show(['home', 'kind', 'cell', 'branches', 'keys kept', 'recovery key'], homes, rowOf);
		});
	home
		.command('keys')
		.argument('[name]', 'of the home')
		.requiredOption('--recovery-key <file>', 'with the private half of the recovery key; it stays here')
		.requiredOption('--to <folder>', 'where home.key and role.key are written; with --all a folder each')
		.option('--all', 'of every home, for a cluster that was lost')
		.option('--before', 'the keys it had before those that it gave last')
		.description('open the kept keys of a home on this computer, and write them for you alone')
		.action(async (name: string | undefined, given: Given) => {
			if ((name === undefined) !== (given.all === true) || (given.all && given.before))
				throw new BadInput('Name one home, or say --all.');
			const key = await readRecoveryKey(session, given.recoveryKey);
			const api = session.api();
			if (name !== undefined) return bringBack(session, api, { name, key, ...given });
			await bringAllBack(session, api, key, given.to);
		});
}

/** Every home that it can; the others are named, and then the command has not done what it was asked. */
async function bringAllBack(session: Session, api: ApiClient, key: BoxKey, to: string): Promise<void> {
	for await (const { name, keys } of api.all('listHomes', {})) {
		try {
			if (keys === null) throw new NotFound(`The keys of ${name} are not kept.`);
			await bringBack(session, api, { name, key, to: join(to, name) });
		} catch (error) {
			// What is the same for every home is said once.
			if (!(error instanceof PublicError) || error.status === 401 || error.status >= 500) throw error;
			session.say(`${error.message}\n`);
			session.end(EXIT.refused);
		}
	}
}

async function bringBack(
	session: Session,
	api: ApiClient,
	{ name, key, to, before = false }: { name: string; key: BoxKey; to: string; before?: boolean },
): Promise<void> {
	const { deposits } = await api.call('fetchHomeKeys', { params: { home: name } });
	const kept = deposits[before ? 1 : 0];
	if (!kept) throw new NotFound(`No keys that ${name} had before are kept.`);
	const keys = openHomeKeys(key, { ...kept, name });
	if (roleKeyId(keys) !== kept.role_key)
		throw new Conflict(`What is kept for ${name} was not given by that home.`, 'another_home');
	const files = [
		[join(to, 'home.key'), keys.home_key],
		[join(to, 'role.key'), keys.role_key],
	] as const;
	// Both can be written, or none is.
	for (const [file, text] of files) refuseOther(file, text);
	for (const [file, text] of files) writeKey(file, text);
	session.say(`The keys of ${name}, sealed on ${keys.day}, are in ${to}.\n`);
}

function roleKeyId({ role_key }: HomeKeys): string | null {
	try {
		return importKey(role_key).id;
	} catch {
		return null;
	}
}

function rowOf({ name, kind, cell, branches, keys }: Home) {
	const kept = keys ? new Date(keys.deposited).toISOString().slice(0, 10) : 'no';
	return {
		...{ home: name, kind, cell, branches },
		...{ 'keys kept': kept, 'recovery key': keys?.recovery_key ?? null },
	};
}
