namespace CoreEngine.Fuzz;

/// <summary>What kind of values an argument holds.</summary>
internal enum CallValues
{
    /// <summary>Numbers around zero.</summary>
    Normal,

    /// <summary>Numbers between 0 and 1.</summary>
    Unit,

    /// <summary>Small whole numbers, as labels and places are.</summary>
    Small,

    /// <summary>Whole numbers from -3 to 8: some places do not exist.</summary>
    Signed,

    /// <summary>Nothing but zeros.</summary>
    Zero,

    /// <summary>The largest and the smallest numbers.</summary>
    Huge,

    /// <summary>Numbers around zero, among them NaN, infinities and denormals.</summary>
    Special,
}
