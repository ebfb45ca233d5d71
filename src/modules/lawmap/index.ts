export { lawMapRoutes } from './routes.ts';
