using System.Globalization;

namespace CoreEngine.KVStore;

/// <summary>
/// The key of a value in a <see cref="KeyValueStore"/>: a number or a name. One store has keys of one kind only.
/// </summary>
public readonly struct StoreKey
{
    internal StoreKey(int number, string? name)
    {
        Number = number;
        Name = name;
    }

    /// <summary>
    /// The number. A store numbers its names in the order in which they were initialized, from 0, and updaters get keys
    /// with that number; a name that did not come from a store has the number -1.
    /// </summary>
    public int Number { get; }

    /// <summary>The name; null when the key is a number.</summary>
    public string? Name { get; }

    /// <summary>A number as key.</summary>
    public static implicit operator StoreKey(int number) => new(number, null);

    /// <summary>A name as key.</summary>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    public static implicit operator StoreKey(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new(-1, name);
    }

    /// <summary>The name in quotes, or the number.</summary>
    public override string ToString() => Name is null ? Number.ToString(CultureInfo.InvariantCulture) : $"'{Name}'";
}
