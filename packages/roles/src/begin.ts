import type { RoleStart } from '@understory/config/role.ts';
import type { Log } from '@understory/core/log.ts';
import type { BegunRole } from './begun-role.ts';

/**
 * Builds the one role that was asked for. Rejects while its database or the provisioner is away; it may be tried again. Each role is loaded only
 * when it is the one: a home would have the programs of the other three in memory for as long as it runs, about 60 MB.
 */
export async function beginRole(start: RoleStart, log: Log): Promise<BegunRole> {
	switch (start.kind) {
		case 'provisioner':
			return (await import('./provisioner.ts')).beginProvisioner(start, log);
		case 'sso-bridge':
			return (await import('./bridge.ts')).beginBridge(start, log);
		case 'accountability':
			return (await import('./accountability.ts')).beginAccountability(start, log);
		case 'home':
			return (await import('./home.ts')).beginHome(start, log);
	}
}
