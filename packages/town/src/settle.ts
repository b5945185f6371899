import type { Role } from '@understory/http/role.ts';
import type { Provisioner } from '@understory/provisioner/provisioner.ts';

/**
 * Drains every queue of every role until a whole round changed no register: what one role finishes may be work for the next (a consent makes a
 * roster, a roster makes neighbors, neighbors get deliveries).
 */
export async function settleAll(roles: {
	provisioner: Provisioner;
	homes: ReadonlyMap<string, Role>;
	bridge: Role;
	accountability: Role;
}): Promise<void> {
	let before = '';
	for (;;) {
		await roles.provisioner.settle();
		const now = await roles.provisioner.directory.versions();
		await roles.bridge.settle();
		await roles.accountability.settle();
		for (const home of roles.homes.values()) await home.settle();
		// A branch's entries go out with its work, and are published by the site afterwards.
		await roles.accountability.settle();
		if (now === before) return;
		before = now;
	}
}
