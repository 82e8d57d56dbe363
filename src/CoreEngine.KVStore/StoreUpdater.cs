namespace CoreEngine.KVStore;

/// <summary>Changes a stored value by what was pushed under its key.</summary>
/// <param name="key">The key, with its number also where it is a name.</param>
/// <param name="received">
/// The sum of the pushed values. It is the pushed array itself when there was only one: not to be changed.
/// </param>
/// <param name="stored">The stored value, to be changed in place. Both arrays are the store's: do not dispose of them.</param>
public delegate void StoreUpdater(StoreKey key, NDArray received, NDArray stored);
