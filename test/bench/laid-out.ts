import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_WORDS } from '../../infra/image/image.ts';
import { modulesOf, readLock } from '../../infra/image/modules.ts';
import { writeApplication } from '../../infra/image/tree.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Writes our programs into `folder` as they are in the image, with what npm installed here beside them, and returns the words that Node is
 * given there to start a role.
 */
export function layOut(folder: string): readonly string[] {
	const target = { os: 'linux', cpu: 'x64', libc: 'glibc' } as const;
	const modules = modulesOf(readLock(REPOSITORY), 'packages/roles', target);
	writeApplication({ repository: REPOSITORY, modules }, folder);
	const app = join(folder, 'app');
	const installed = join(REPOSITORY, 'node_modules');
	for (const name of readdirSync(installed).filter((one) => one !== '@understory'))
		symlinkSync(join(installed, name), join(app, 'node_modules', name));
	return NODE_WORDS.map((word) => word.replace(/^\/app\//, `${app}/`));
}
