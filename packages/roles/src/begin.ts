import type { RoleStart } from '@understory/config/role.ts';
import type { Log } from '@understory/core/log.ts';
import { beginAccountability } from './accountability.ts';
import type { BegunRole } from './begun-role.ts';
import { beginBridge } from './bridge.ts';
import { beginHome } from './home.ts';
import { beginProvisioner } from './provisioner.ts';

/** Builds the one role that was asked for. Rejects while its database or the provisioner is away; it may be tried again. */
export function beginRole(start: RoleStart, log: Log): Promise<BegunRole> {
	switch (start.kind) {
		case 'provisioner':
			return beginProvisioner(start, log);
		case 'sso-bridge':
			return beginBridge(start, log);
		case 'accountability':
			return beginAccountability(start, log);
		case 'home':
			return beginHome(start, log);
	}
}
