/**
 * Ask the server for an action to do.
 *
 * What an action says where there is nothing is HTML, and stays a text when it comes
 * from a method: it is taken from the action as the web client loads it.
 *
 * @param {{ orm: Object, action: Object }} services
 * @param {string} model
 * @param {string} method
 * @param {Array} args
 * @returns {Promise<Object>} the action, for `doAction`
 */
export async function fetchAction({ orm, action: actions }, model, method, args) {
    const action = await orm.call(model, method, args);
    if (!action.help) {
        return action;
    }
    const { help } = await actions.loadAction(action.id);
    return { ...action, help };
}
