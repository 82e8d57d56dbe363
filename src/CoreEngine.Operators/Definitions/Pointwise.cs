namespace CoreEngine.Operators;

/// <summary>
/// Whether each element of an operator's outputs depends only on the elements at the same place of its inputs. The kernel
/// of such an operator may be called on any run of elements, given as arrays of rank 1; in whichever runs the elements are
/// computed, the results are the same to the bit.
/// </summary>
public enum Pointwise
{
    /// <summary>Elements depend on other places, on their own place, or on random numbers.</summary>
    Never,

    /// <summary>Always: shape inference gives all inputs and outputs one shape.</summary>
    Always,

    /// <summary>Where all inputs have the shape of the outputs.</summary>
    WhenShapesAgree,

    /// <summary>
    /// Where all inputs have the shape of the output, or have been repeated to that shape as broadcasting does it.
    /// </summary>
    WhenBroadcast,
}
