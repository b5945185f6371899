/**
 * Leaves one machine for another place: `node infra/one-machine/leave.ts --to /srv/carried`, then `--hand-over`; until that, `--call-off`. What it promises is
 * docs/library-it/to-a-cluster.md.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CarryFault, inWords } from './carry/fault.ts';
import { type Machine, whatHolds } from './carry/machine.ts';
import { type Note, readNote, removeNote, writeNote } from './carry/note.ts';
import { holdToRoom, pack, unpack, whatIsCarried } from './carry/pack.ts';

const { values } = parseArgs({
	options: {
		to: { type: 'string' },
		'hand-over': { type: 'boolean', default: false },
		'call-off': { type: 'boolean', default: false },
		'nobody-took-it-in': { type: 'boolean', default: false },
		folder: { type: 'string', default: '/etc/understory' },
		state: { type: 'string', default: '/var/lib/understory' },
		// Says what is done as it is done.
		steps: { type: 'boolean', default: false },
	},
});
const machine: Machine = { settings: resolve(values.folder), state: resolve(values.state) };
const OPEN_AGAIN =
	'systemctl enable --now understory-provisioner understory-sso-bridge understory-accountability';

async function packed(to: string): Promise<string> {
	const known = readNote(machine.settings);
	if (known && known.to !== to)
		throw new CarryFault(
			`This machine is being packed into ${known.to} already. Go on with that, or call it off.`,
		);
	if (known?.stage === 'handed_over')
		throw new CarryFault('This machine was handed over. What it was lives elsewhere.');
	if (known?.stage === 'packed') return `It is packed in ${to} already. ${NEXT}`;
	if (existsSync(to) && !known) throw new CarryFault(`${to} is there already. Name a folder that is not.`);
	const held = await whatHolds(machine);
	if (held.length > 0) throw new CarryFault(held.join('\n'));
	holdToRoom(whatIsCarried(machine), dirname(to));
	const note: Note = known ?? {
		stage: 'packing',
		id: randomUUID(),
		to,
		key: randomBytes(32).toString('base64'),
	};
	writeNote(machine.settings, note);
	// A service that was being started a moment ago did not see the note.
	const late = await whatHolds(machine);
	if (late.length > 0) throw new CarryFault(late.join('\n'));
	// One that was killed after the folder was there and before that was written down.
	unpack(to);
	const { id } = note;
	const carriage = { id, to, key: Buffer.from(note.key, 'base64'), now: Date.now() };
	const { files, bytes } = await pack(machine, carriage, (path) => {
		if (values.steps) console.log(path);
	});
	writeNote(machine.settings, { ...note, stage: 'packed' });
	return `Packed ${files} files, ${(bytes / 1e6).toFixed(1)} MB, into ${to}, sealed. ${NEXT}`;
}

const NEXT =
	'Copy it to where it goes. Then say --hand-over here, which shows the key it is opened with. Until then --call-off opens this machine again.';

function handOver(): string {
	const note = readNote(machine.settings);
	if (!note || note.stage === 'packing') throw new CarryFault('Nothing is packed yet. Begin with --to.');
	// Written down before the key is shown: from then on this machine does not open by itself.
	writeNote(machine.settings, { ...note, stage: 'handed_over' });
	return note.key;
}

function callOff(): string {
	const note = readNote(machine.settings);
	if (!note) throw new CarryFault('This machine is not being left.');
	if (note.stage === 'handed_over' && !values['nobody-took-it-in'])
		throw new CarryFault(
			'The key was handed over, so the platform may live elsewhere by now, and two of it would both speak in its name. When you know that nobody took it in, and never will, say --nobody-took-it-in as well.',
		);
	unpack(note.to);
	removeNote(machine.settings);
	return `Called off; what was packed is gone. Open the machine again: ${OPEN_AGAIN}`;
}

try {
	const said = [values.to !== undefined, values['hand-over'], values['call-off']].filter(Boolean).length;
	if (said !== 1) throw new CarryFault('Say one of --to FOLDER, --hand-over and --call-off.');
	console.log(
		values.to !== undefined ? await packed(resolve(values.to)) : values['hand-over'] ? handOver() : callOff(),
	);
} catch (error) {
	const told = inWords(error);
	if (!(told instanceof CarryFault)) throw told;
	console.error(told.message);
	process.exitCode = 1;
}
