namespace CoreEngine.Fuzz;

/// <summary>Through which door an operator is called.</summary>
internal enum CallWay
{
    /// <summary>On arrays, with new results.</summary>
    Direct,

    /// <summary>On arrays, with given results, which hold something.</summary>
    Given,

    /// <summary>On arrays; the result is to lie where the first input lies.</summary>
    Inplace,

    /// <summary>On arrays, recorded, and then backward.</summary>
    Recorded,

    /// <summary>On arrays, recorded, with a gradient of the gradient.</summary>
    Twice,

    /// <summary>As the one node of a symbol that is bound; forward and backward.</summary>
    Bound,
}
