import { resolve } from 'node:path';
import { BadInput } from '@understory/core/errors.ts';
import type { Installation } from './installation.ts';
import { isOneMachine, readOneMachine } from './one-machine.ts';
import { namesIn } from './read-place.ts';
import { isTown, readTownFolder } from './town-folder.ts';

/**
 * The installation that a folder describes: the settings of one machine, or the data of a town. `state` is where the roles of one machine keep
 * what they have. Throws `BadInput` for a folder that is neither, `NotAllowed` for one that is closed to this user.
 */
export function findInstallation(folder: string, state: string): Installation {
	const place = resolve(folder);
	const names = namesIn(place);
	if (isOneMachine(names)) return readOneMachine(place, resolve(state));
	if (isTown(names)) return readTownFolder(place);
	throw new BadInput(
		`${place} holds no installation. Name the settings of one machine, such as /etc/understory, or the data folder of a town, such as .town.`,
	);
}
