namespace CoreEngine.Graphs.Planning;

/// <summary>Where an entry lies.</summary>
public enum PlacementKind
{
    /// <summary>Nowhere: nobody reads it.</summary>
    None = 0,

    /// <summary>In an arena.</summary>
    Arena = 1,

    /// <summary>In an array of the caller's.</summary>
    External = 2,
}
