import { ADMIN, type Route, row } from './route.ts';
import * as upgrades from './upgrades.ts';

/** Upgrades of the homes of a platform, in waves. */
export const upgradeRoutes: readonly Route[] = [
	row(
		'get',
		'/upgrades:plan',
		'planUpgrade',
		'Which homes an upgrade would bring to the present version, wave by wave',
		ADMIN,
		null,
		[200, 'UpgradePlan'],
		upgrades.plan,
	),
	row(
		'post',
		'/upgrades',
		'beginUpgrade',
		'Bring all homes to the present version, in waves, or back from it',
		ADMIN,
		'NewUpgrade',
		[202, 'Operation'],
		upgrades.begin,
	),
	row(
		'get',
		'/upgrades',
		'listUpgrades',
		'The upgrades there were',
		ADMIN,
		null,
		[200, 'Upgrades'],
		upgrades.list,
	),
	row(
		'get',
		'/upgrades/{upgrade}',
		'getUpgrade',
		'How far an upgrade is, home by home',
		ADMIN,
		null,
		[200, 'UpgradeWithHomes'],
		upgrades.get,
	),
	row(
		'patch',
		'/upgrades/{upgrade}',
		'steerUpgrade',
		'Pause an upgrade, let it go on, or abort it',
		ADMIN,
		'UpgradeChange',
		[200, 'Upgrade'],
		upgrades.steer,
	),
];
