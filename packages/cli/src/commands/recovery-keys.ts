import { BadInput } from '@understory/core/errors.ts';
import { recoveryKeyId } from '@understory/core/home-keys.ts';
import { type BoxKey, newBoxKey, readBoxKey } from '@understory/core/sealed-box.ts';
import type { Command } from 'commander';
import { writeKey } from '../key-files.ts';
import type { Session } from '../parts.ts';

const KEEP = `Keep FILE away from the platform, twice, and where no copies of branches lie: with both somebody reads what is sealed in them.
The public half is for the setting of homes, UNDERSTORY_RECOVERY_KEY or recovery.publicKey.
`;

/** The most characters of a file with a private key. */
const MOST = 4_096;

/** `understory recovery-key …`: the key that opens the keys of homes. Made and kept by the operator; no platform is asked. */
export function recoveryKeyCommands(program: Command, session: Session): void {
	const recovery = program
		.command('recovery-key')
		.description('the key that opens the kept keys of homes; no platform has it');
	recovery
		.command('make')
		.argument('<file>', 'where its private half is written, for you alone')
		.description('make one, and print its public half')
		.action((file: string) => {
			const key = newBoxKey();
			writeKey(file, key.privateKey);
			session.say(KEEP.replace('FILE', file));
			showKey(session, key);
		});
	recovery
		.command('show')
		.argument('<file>', 'with its private half')
		.description('print the public half of one, and its id')
		.action(async (file: string) => showKey(session, await readRecoveryKey(session, file)));
}

function showKey(session: Session, { publicKey }: BoxKey): void {
	const shown = { id: recoveryKeyId(publicKey), public_key: publicKey };
	session.showOne(shown, { id: shown.id, 'public key': publicKey });
}

/** The recovery key in a file. Throws `BadInput` when it holds none; what it holds is never quoted. */
export async function readRecoveryKey(session: Session, file: string): Promise<BoxKey> {
	let text = '';
	for await (const chunk of await session.file(file)) {
		text += Buffer.from(chunk).toString('utf8');
		if (text.length > MOST) break;
	}
	try {
		return readBoxKey(text);
	} catch {
		throw new BadInput(`${file} holds no recovery key. One is made by: understory recovery-key make FILE`);
	}
}
