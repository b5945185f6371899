import { FIND, IT, type Route, row } from './route.ts';
import * as tokens from './tokens.ts';

/** The lines about who may call the API. */
export const tokenRoutes: readonly Route[] = [
	row('get', '/tokens', 'listTokens', 'Who may call the API', IT, null, [200, 'Tokens'], tokens.list),
	row(
		'post',
		'/tokens',
		'createToken',
		'Make a token for no more than one may oneself; it is shown once',
		IT,
		'NewToken',
		[201, 'Token'],
		tokens.create,
	),
	row(
		'get',
		'/token',
		'getOwnToken',
		'The token that asks: what it may, and until when',
		FIND,
		null,
		[200, 'Token'],
		tokens.own,
	),
	row(
		'post',
		'/tokens/{token}/rotations',
		'rotateToken',
		'Make a new token in place of one’s own, or of one that one keeps; the old one ends a day later',
		FIND,
		null,
		[201, 'Token'],
		tokens.rotate,
	),
	row(
		'delete',
		'/tokens/{token}',
		'revokeToken',
		'Take a token back; one’s own too',
		FIND,
		null,
		[204, null],
		tokens.revoke,
	),
];
