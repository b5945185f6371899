import * as networks from './catalogue-networks.ts';
import { ADMIN, IT, LIBRARY, type Route, row } from './route.ts';
import * as signIn from './sign-in.ts';

/** The lines about how a library checks its cards. */
export const signInRoutes: readonly Route[] = [
	row(
		'get',
		`${LIBRARY}/sign-in`,
		'getSignIn',
		'How a library checks its cards, without the secrets, and the last self-test',
		IT,
		null,
		[200, 'SignIn'],
		signIn.get,
	),
	row(
		'put',
		`${LIBRARY}/sign-in`,
		'changeSignIn',
		'Say how a library checks its cards; version is one more than the one that was read',
		IT,
		'SignInSettings',
		[200, 'SignIn'],
		signIn.change,
	),
	row(
		'post',
		`${LIBRARY}/sign-in/operations`,
		'startSignInOperation',
		'Try the settings against the catalogue',
		IT,
		'NewSignInOperation',
		[202, 'Operation'],
		signIn.operate,
	),
	row(
		'get',
		`${LIBRARY}/catalogue-networks`,
		'listCatalogueNetworks',
		'In which networks that are not public a library’s catalogue may be asked',
		IT,
		null,
		[200, 'CatalogueNetworks'],
		networks.list,
	),
	row(
		'post',
		`${LIBRARY}/catalogue-networks`,
		'allowCatalogueNetwork',
		'Allow a library’s catalogue a network at one port; for a token of the whole platform',
		ADMIN,
		'NewCatalogueNetwork',
		[201, 'CatalogueNetwork'],
		networks.allow,
	),
	row(
		'delete',
		`${LIBRARY}/catalogue-networks/{network}`,
		'endCatalogueNetwork',
		'End it; the catalogue is asked there no more',
		ADMIN,
		null,
		[204, null],
		networks.end,
	),
];
