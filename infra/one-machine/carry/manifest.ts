import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CarryFault } from './fault.ts';
import type { CarriedFile } from './sealed-files.ts';

/** What lies in a folder that is carried. Without the key it says what there is, and opens nothing. */
export interface Manifest {
	readonly type: 'understory/carried-platform/v1';
	/** Of this carriage; another try has another one. */
	readonly id: string;
	readonly domain: string;
	/** Of the programs whose tables and folders these are. */
	readonly version: string;
	/** UTC milliseconds. */
	readonly packed: number;
	readonly files: readonly CarriedFile[];
}

/** The version of this checkout. */
export const VERSION: string = (
	JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** The manifest as it is written, with what proves that whoever wrote it had the key. */
export function writtenManifest(manifest: Manifest, key: Buffer): string {
	const text = JSON.stringify(manifest);
	return JSON.stringify({ manifest: text, mac: macOf(text, key) });
}

/** Throws `CarryFault` when there is none, when the key is not its key or it was changed, and when it is of another version. */
export function readManifest(folder: string, key: Buffer): Manifest {
	const file = join(folder, 'manifest.json');
	if (!existsSync(file))
		throw new CarryFault(
			`${folder} has no manifest.json, so it is not what a machine left, or not all of it.`,
		);
	let text: string;
	try {
		const written = JSON.parse(readFileSync(file, 'utf8')) as { manifest: string; mac: string };
		text = written.manifest;
		const [said, right] = [Buffer.from(written.mac, 'hex'), Buffer.from(macOf(text, key), 'hex')];
		if (said.length !== right.length || !timingSafeEqual(said, right)) throw new Error('mac');
	} catch {
		throw new CarryFault(
			'The key does not belong to this folder, or its manifest.json was changed on the way.',
		);
	}
	const manifest = JSON.parse(text) as Manifest;
	if (manifest.type !== 'understory/carried-platform/v1' || manifest.version !== VERSION)
		throw new CarryFault(
			`The machine ran version ${manifest.version} and this is ${VERSION}. Take it in with the version of the machine, and upgrade afterwards.`,
		);
	return manifest;
}

function macOf(text: string, key: Buffer): string {
	return createHmac('sha256', key).update('understory carried manifest\n').update(text).digest('hex');
}
