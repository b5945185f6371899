/** When an alert fires and when it does not, in promtool's way of writing series: `1x30` is 1 and then 30 minutes of the same. */
export interface State {
	readonly alert: string;
	/** What is told, a minute after the other. */
	readonly told: Readonly<Record<string, string>>;
	/** When it is looked. */
	readonly at: string;
	/** The labels of those that fire, besides the severity; none: nothing fires. */
	readonly fires: readonly Readonly<Record<string, string>>[];
}

const conditions = (type: string, status: string, reason: string) =>
	`understory_branch_conditions{role="provisioner",type="${type}",status="${status}",reason="${reason}"}`;
const cell = (name: string, available: string) =>
	`understory_cell_branches{role="provisioner",cell="${name}",available="${available}"}`;
const signIn = (kind: string) => `understory_sign_in_alerts{role="provisioner",kind="${kind}"}`;
const home = (name: string) => `${name}{role="home",pod="home-1"}`;
const ofHome = { role: 'home', pod: 'home-1' };

export const STATES: readonly State[] = [
	...(
		[
			['UnderstoryProvisionerGone', 'provisioner'],
			['UnderstorySignInGone', 'sso-bridge'],
			['UnderstorySiteGone', 'accountability'],
		] as const
	).flatMap(([alert, role]): State[] => [
		{ alert, told: {}, at: '6m', fires: [{ role }] },
		{ alert, told: {}, at: '4m', fires: [] },
		{
			alert,
			told: { [`understory_waits_for{role="${role}",part="database"}`]: '0x10' },
			at: '10m',
			fires: [],
		},
	]),
	{
		alert: 'UnderstoryRoleWaits',
		told: {
			'understory_waits_for{role="sso-bridge",part="database",pod="a"}': '1x20',
			'understory_waits_for{role="sso-bridge",part="registers",pod="a"}': '0x20',
		},
		at: '11m',
		fires: [{ role: 'sso-bridge', part: 'database' }],
	},
	{
		alert: 'UnderstoryRoleWaits',
		told: { 'understory_waits_for{role="home",part="enrolment"}': '1x5 0x20' },
		at: '20m',
		fires: [],
	},
	{
		alert: 'UnderstoryCellUnreachable',
		told: { [cell('east', 'Unknown')]: '40x10', [cell('default', 'True')]: '12x10' },
		at: '6m',
		fires: [{ cell: 'east' }],
	},
	{
		// One home that is silent is no cluster that is.
		alert: 'UnderstoryCellUnreachable',
		told: { [cell('east', 'Unknown')]: '2x10', [cell('east', 'True')]: '38x10' },
		at: '10m',
		fires: [],
	},
	{
		alert: 'UnderstoryBranchesNotAvailable',
		told: {
			[conditions('Available', 'False', 'HomeAbsent')]: '3x30',
			[conditions('Available', 'True', 'Serving')]: '90x30',
			[conditions('Synced', 'False', 'Waiting')]: '3x30',
		},
		at: '16m',
		fires: [{ status: 'False', reason: 'HomeAbsent' }],
	},
	{
		// Laid to rest by a person, carried to another home, or closed for good.
		alert: 'UnderstoryBranchesNotAvailable',
		told: Object.fromEntries(
			['Suspended', 'Moving', 'NotServed', 'Retired'].map((why) => [
				conditions('Available', 'False', why),
				'1x30',
			]),
		),
		at: '30m',
		fires: [],
	},
	{
		alert: 'UnderstoryBranchesNeedYou',
		told: {
			[conditions('Progressing', 'False', 'NeedsYou')]: '1x30',
			[conditions('Progressing', 'False', 'Settled')]: '90x30',
		},
		at: '16m',
		fires: [{ reason: 'NeedsYou' }],
	},
	{
		alert: 'UnderstoryBranchesNeedYou',
		told: { [conditions('Progressing', 'False', 'Settled')]: '90x30' },
		at: '30m',
		fires: [],
	},
	{
		alert: 'UnderstoryBranchesNotHosted',
		told: { [conditions('Hosted', 'False', 'NoHost')]: '2x1500' },
		at: '1441m',
		fires: [{ reason: 'NoHost' }],
	},
	{
		alert: 'UnderstoryBranchesNotHosted',
		told: {
			[conditions('Hosted', 'True', 'Covered')]: '2x1500',
			[conditions('Hosted', 'False', 'NoHost')]: '2x600',
		},
		at: '1441m',
		fires: [],
	},
	{
		alert: 'UnderstoryBranchNamesAmiss',
		told: {
			[conditions('CertificateReady', 'True', 'Valid')]: '90x150',
			[conditions('CertificateReady', 'True', 'ExpiresSoon')]: '2x150',
			[conditions('DomainVerified', 'False', 'ResolvesNot')]: '1x150',
		},
		at: '121m',
		fires: [{ reason: 'ExpiresSoon' }, { reason: 'ResolvesNot' }],
	},
	{
		// The platform does not reach its own door.
		alert: 'UnderstoryBranchNamesAmiss',
		told: { [conditions('CertificateReady', 'Unknown', 'NoAnswer')]: '90x150' },
		at: '150m',
		fires: [],
	},
	{
		alert: 'UnderstoryBackupsNotFresh',
		told: { [conditions('BackupFresh', 'False', 'TooOld')]: '5x70' },
		at: '61m',
		fires: [{ reason: 'TooOld' }],
	},
	{
		// Nobody scheduled any.
		alert: 'UnderstoryBackupsNotFresh',
		told: { [conditions('BackupFresh', 'Unknown', 'NotScheduled')]: '5x70' },
		at: '70m',
		fires: [],
	},
	{
		alert: 'UnderstoryFoldersDoNotOpen',
		told: { [home('understory_broken_branches')]: '1x10' },
		at: '6m',
		fires: [ofHome],
	},
	{
		alert: 'UnderstoryFoldersDoNotOpen',
		told: { [home('understory_broken_branches')]: '1x3 0x10' },
		at: '10m',
		fires: [],
	},
	{
		alert: 'UnderstoryQueueStuck',
		told: { 'understory_sweep_timestamp_seconds{role="provisioner"}': '0x30' },
		at: '16m',
		fires: [{}],
	},
	{
		// One of two goes on.
		alert: 'UnderstoryQueueStuck',
		told: {
			'understory_sweep_timestamp_seconds{role="provisioner",pod="a"}': '0x30',
			'understory_sweep_timestamp_seconds{role="provisioner",pod="b"}': '0+60x30',
		},
		at: '30m',
		fires: [],
	},
	{
		alert: 'UnderstoryLooksBreakOff',
		told: { 'understory_looks_total{role="provisioner",outcome="broke_off"}': '0+2x60' },
		at: '40m',
		fires: [{}],
	},
	{
		alert: 'UnderstoryLooksBreakOff',
		told: {
			'understory_looks_total{role="provisioner",outcome="broke_off"}': '0x60',
			'understory_looks_total{role="provisioner",outcome="ended"}': '0+200x60',
		},
		at: '60m',
		fires: [],
	},
	{
		alert: 'UnderstoryOperationTakesLong',
		told: { 'understory_operation_age_seconds{role="provisioner"}': '0+60x400' },
		at: '377m',
		fires: [{}],
	},
	{
		alert: 'UnderstoryOperationTakesLong',
		told: { 'understory_operation_age_seconds{role="provisioner"}': '0+60x300 0x100' },
		at: '377m',
		fires: [],
	},
	{
		alert: 'UnderstoryHomeIsLate',
		told: { [home('understory_work_late_seconds')]: '0+60x30' },
		at: '22m',
		fires: [ofHome],
	},
	{
		alert: 'UnderstoryHomeIsLate',
		told: { [home('understory_work_late_seconds')]: '30x30' },
		at: '30m',
		fires: [],
	},
	{
		alert: 'UnderstoryWorkFails',
		told: { [home('understory_work_failing_branches')]: '1x40' },
		at: '31m',
		fires: [ofHome],
	},
	{
		alert: 'UnderstoryWorkFails',
		told: { [home('understory_work_failing_branches')]: '1x20 0x20' },
		at: '40m',
		fires: [],
	},
	{
		alert: 'UnderstoryDeliveriesWait',
		told: { [home('understory_deliveries_waiting')]: '600x400' },
		at: '380m',
		fires: [ofHome],
	},
	{
		// They come in one morning and are gone by noon.
		alert: 'UnderstoryDeliveriesWait',
		told: { [home('understory_deliveries_waiting')]: '40x20 9000-30x290 300x90' },
		at: '400m',
		fires: [],
	},
	{
		alert: 'UnderstoryCatalogueSilent',
		told: { [signIn('catalogue_silent')]: '2x20', [signIn('guessing')]: '0x20' },
		at: '11m',
		fires: [{}],
	},
	{
		alert: 'UnderstoryCatalogueSilent',
		told: { [signIn('catalogue_silent')]: '0x20', [signIn('catalogue_wrong')]: '1x20' },
		at: '20m',
		fires: [],
	},
	{
		alert: 'UnderstoryCatalogueWrong',
		told: {
			[signIn('catalogue_wrong')]: '1x20',
			[signIn('catalogue_lies')]: '1x20',
			[signIn('catalogue_silent')]: '1x20',
		},
		at: '3m',
		fires: [{ kind: 'catalogue_lies' }, { kind: 'catalogue_wrong' }],
	},
	{ alert: 'UnderstoryCatalogueWrong', told: { [signIn('catalogue_silent')]: '1x20' }, at: '20m', fires: [] },
	{ alert: 'UnderstoryPinsGuessed', told: { [signIn('guessing')]: '1x20' }, at: '3m', fires: [{}] },
	{ alert: 'UnderstoryPinsGuessed', told: { [signIn('guessing')]: '0x20' }, at: '20m', fires: [] },
	{
		alert: 'UnderstoryLogNotPublished',
		told: {
			'understory_logs_not_published{role="accountability",why="disk_full"}': '1x40',
			'understory_logs_not_published{role="accountability",why="other"}': '0x40',
		},
		at: '31m',
		fires: [{ why: 'disk_full' }],
	},
	{
		alert: 'UnderstoryLogNotPublished',
		told: { 'understory_logs_not_published{role="accountability",why="other"}': '1x20 0x20' },
		at: '40m',
		fires: [],
	},
	{
		alert: 'UnderstoryPublishingStuck',
		told: { 'understory_published_timestamp_seconds{role="accountability"}': '0x90' },
		at: '71m',
		fires: [{}],
	},
	{
		alert: 'UnderstoryPublishingStuck',
		told: { 'understory_published_timestamp_seconds{role="accountability"}': '0+60x90' },
		at: '90m',
		fires: [],
	},
	...(['True', 'False'] as const).map((condition): State => {
		const labels = { name: 'public', namespace: 'gateways' };
		return {
			alert: 'UnderstoryCertificateNotReady',
			told: {
				[`certmanager_certificate_ready_status{name="public",namespace="gateways",condition="${condition}"}`]:
					'0x70',
			},
			at: '61m',
			fires: condition === 'True' ? [{ ...labels, condition }] : [],
		};
	}),
	{
		alert: 'UnderstoryCertificateEnds',
		told: {
			'certmanager_certificate_expiration_timestamp_seconds{name="public",namespace="gateways"}': '600000x70',
		},
		at: '61m',
		fires: [{ name: 'public', namespace: 'gateways' }],
	},
	{
		alert: 'UnderstoryCertificateEnds',
		told: {
			'certmanager_certificate_expiration_timestamp_seconds{name="public",namespace="gateways"}': '700000x70',
		},
		at: '70m',
		fires: [],
	},
	{
		alert: 'UnderstoryNamesRefused',
		told: { 'understory_edge_asks_total{role="provisioner",answer="no"}': '0+1x120' },
		at: '90m',
		fires: [{}],
	},
	{
		alert: 'UnderstoryNamesRefused',
		told: {
			'understory_edge_asks_total{role="provisioner",answer="yes"}': '0+9x120',
			'understory_edge_asks_total{role="provisioner",answer="no"}': '0x60 1x60',
		},
		at: '110m',
		fires: [],
	},
	...(
		[
			['UnderstoryDiskNearlyFull', 9, '16m'],
			['UnderstoryDiskFull', 2, '2m'],
		] as const
	).flatMap(([alert, left, at]): State[] => {
		const disk = (free: number) => ({
			[home('understory_data_free_bytes')]: `${free}x40`,
			[home('understory_data_size_bytes')]: '100x40',
		});
		return [
			{ alert, told: disk(left), at, fires: [ofHome] },
			{ alert, told: disk(left + 2), at: '40m', fires: [] },
		];
	}),
	{
		alert: 'UnderstoryDiskFillsUp',
		told: {
			[home('understory_data_free_bytes')]: '1000-1x450',
			[home('understory_data_size_bytes')]: '3000x450',
		},
		at: '430m',
		fires: [ofHome],
	},
	{
		alert: 'UnderstoryDiskFillsUp',
		told: {
			[home('understory_data_free_bytes')]: '1000x450',
			[home('understory_data_size_bytes')]: '3000x450',
		},
		at: '430m',
		fires: [],
	},
	...(
		[
			[95, [{ cell: 'default' }]],
			[90, []],
		] as const
	).map(
		([homes, fires]): State => ({
			alert: 'UnderstoryCellNearlyFull',
			told: {
				'understory_cell_homes{role="provisioner",cell="default"}': `${homes}x70`,
				'understory_cell_most_homes{role="provisioner",cell="default"}': '100x70',
				// One without a limit is never full.
				'understory_cell_homes{role="provisioner",cell="east"}': '400x70',
			},
			at: '61m',
			fires,
		}),
	),
];
