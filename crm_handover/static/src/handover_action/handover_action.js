import { markup } from "@odoo/owl";

/**
 * Ask the server for an action to do; what it says where there is nothing is HTML.
 *
 * @param {Object} orm the service
 * @param {string} model
 * @param {string} method
 * @param {Array} args
 * @returns {Promise<Object>} the action, for `doAction`
 */
export async function fetchAction(orm, model, method, args) {
    const action = await orm.call(model, method, args);
    return action.help ? { ...action, help: markup(action.help) } : action;
}
