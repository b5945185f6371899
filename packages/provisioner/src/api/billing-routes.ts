import * as billing from './billing.ts';
import { ADMIN, LIBRARY, LOOK, PAGE, type Route, row } from './route.ts';

/** How much libraries may have, and what they owe to whoever runs the platform. */
export const billingRoutes: readonly Route[] = [
	row(
		'get',
		`${LIBRARY}/quotas`,
		'getQuotas',
		'How much a library may have, beside what it has',
		LOOK,
		null,
		[200, 'Quotas'],
		billing.quotas,
	),
	row(
		'put',
		`${LIBRARY}/quotas`,
		'setQuotas',
		'Say how much a library may have; what it has stays',
		ADMIN,
		'WantedQuotas',
		[200, 'Quotas'],
		billing.setQuotas,
	),
	row(
		'get',
		`${LIBRARY}/bill`,
		'getBill',
		'What a library had in a month, day by day measured, and what that costs',
		LOOK,
		null,
		[200, 'Bill'],
		billing.bill,
		['month'],
	),
	row(
		'get',
		'/bills',
		'listBills',
		'The bills of all libraries for a month',
		ADMIN,
		null,
		[200, 'Bills'],
		billing.bills,
		[...PAGE, 'month'],
	),
	row('get', '/prices', 'getPrices', 'What hosting costs here', LOOK, null, [200, 'Prices'], billing.prices),
	row(
		'put',
		'/prices',
		'setPrices',
		'Say what hosting costs from this month on, or from one to come',
		ADMIN,
		'WantedPrices',
		[200, 'Prices'],
		billing.setPrices,
	),
];
