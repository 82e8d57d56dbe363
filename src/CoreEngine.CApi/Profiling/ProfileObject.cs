namespace CoreEngine.CApi;

/// <summary>Something that a client profiles: a domain, or what belongs to one.</summary>
internal sealed class ProfileObject(ProfileObjectKind kind, string name, string domain)
{
    private long _value;

    /// <summary>What it is.</summary>
    internal ProfileObjectKind Kind { get; } = kind;

    /// <summary>Its name.</summary>
    internal string Name { get; } = name;

    /// <summary>The category of its events.</summary>
    internal string Domain { get; } = domain;

    /// <summary>When its latest duration began; 0 when none has begun.</summary>
    internal long Began { get; set; }

    /// <summary>Gives a counter a value.</summary>
    internal long Set(long value)
    {
        Volatile.Write(ref _value, value);
        return value;
    }

    /// <summary>Adds to a counter.</summary>
    internal long Add(long difference) => Interlocked.Add(ref _value, difference);
}
