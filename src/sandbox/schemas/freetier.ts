export { getAccountPlanState as GetAccountPlanState$ } from '../../core/account-plan.js';
