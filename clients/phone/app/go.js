/** From one screen to another. */

/** @param {'grid'|'mine'|'me'} tab */
export function goTab(tab) {
  uni.reLaunch({url: `/pages/${tab}/${tab}`});
}

/**
 * @param {string} page its name
 * @param {Record<string, string>} [query]
 */
export function goTo(page, query = {}) {
  const words = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
  uni.navigateTo({url: `/pages/${page}/${page}${words ? `?${words}` : ''}`});
}

/** Back to where one came from, or to the grid where one came from nowhere. */
export function goBack() {
  if (getCurrentPages().length > 1) uni.navigateBack({delta: 1});
  else goTab('grid');
}

/** Into the clipboard. @param {string} text @returns {Promise<boolean>} false: the browser does not let us */
export async function copy(text) {
  // #ifdef H5
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return false;
  }
  // #endif
  // #ifndef H5
  await uni.setClipboardData({data: text, showToast: false});
  // #endif
  return true;
}
