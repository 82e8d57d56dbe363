namespace CoreEngine.Graphs.Planning;

/// <summary>Who provides the memory of an entry, and for how long its value is needed.</summary>
public enum EntryUse
{
    /// <summary>Memory in an arena, needed until the last step that reads it.</summary>
    Intermediate = 0,

    /// <summary>Memory in an arena, needed until after the last step.</summary>
    Kept = 1,

    /// <summary>An array of the caller's: a variable, or a result that is written there.</summary>
    External = 2,

    /// <summary>An array of the caller's that the result is added to.</summary>
    ExternalSum = 3,
}
