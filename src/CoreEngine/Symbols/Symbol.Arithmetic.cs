namespace CoreEngine;

// The operators are called by the names that MXNet's frontends use, because calls are named after them (_plus0).
public sealed partial class Symbol
{
    /// <summary>Element-wise sum of arrays of one shape.</summary>
    public static Symbol operator +(Symbol left, Symbol right) => Call("_Plus", left, right);

    /// <summary>Element-wise difference of arrays of one shape.</summary>
    public static Symbol operator -(Symbol left, Symbol right) => Call("_Minus", left, right);

    /// <summary>Element-wise product of arrays of one shape.</summary>
    public static Symbol operator *(Symbol left, Symbol right) => Call("_Mul", left, right);

    /// <summary>Element-wise quotient of arrays of one shape.</summary>
    public static Symbol operator /(Symbol left, Symbol right) => Call("_Div", left, right);

    /// <summary>Element-wise remainder with the divisor's sign, of arrays of one shape.</summary>
    public static Symbol operator %(Symbol left, Symbol right) => Call("_Mod", left, right);

    /// <summary>Adds a number to every element.</summary>
    public static Symbol operator +(Symbol left, double right) => Scalar("_PlusScalar", left, right);

    /// <summary>Adds a number to every element.</summary>
    public static Symbol operator +(double left, Symbol right) => Scalar("_PlusScalar", right, left);

    /// <summary>Subtracts a number from every element.</summary>
    public static Symbol operator -(Symbol left, double right) => Scalar("_MinusScalar", left, right);

    /// <summary>Subtracts every element from a number.</summary>
    public static Symbol operator -(double left, Symbol right) => Scalar("_RMinusScalar", right, left);

    /// <summary>Multiplies every element by a number.</summary>
    public static Symbol operator *(Symbol left, double right) => Scalar("_MulScalar", left, right);

    /// <summary>Multiplies every element by a number.</summary>
    public static Symbol operator *(double left, Symbol right) => Scalar("_MulScalar", right, left);

    /// <summary>Divides every element by a number.</summary>
    public static Symbol operator /(Symbol left, double right) => Scalar("_DivScalar", left, right);

    /// <summary>Divides a number by every element.</summary>
    public static Symbol operator /(double left, Symbol right) => Scalar("_RDivScalar", right, left);

    /// <summary>The remainder of every element and a number, with the number's sign.</summary>
    public static Symbol operator %(Symbol left, double right) => Scalar("_ModScalar", left, right);

    /// <summary>Every element with its sign changed.</summary>
    public static Symbol operator -(Symbol value) => Scalar("_MulScalar", value, -1);

    /// <summary>1 where the left element is greater, else 0, of arrays of one shape.</summary>
    public static Symbol operator >(Symbol left, Symbol right) => Call("_Greater", left, right);

    /// <summary>1 where the left element is less, else 0, of arrays of one shape.</summary>
    public static Symbol operator <(Symbol left, Symbol right) => Call("_Lesser", left, right);

    /// <summary>1 where an element is greater than a number, else 0.</summary>
    public static Symbol operator >(Symbol left, double right) => Scalar("_GreaterScalar", left, right);

    /// <summary>1 where an element is less than a number, else 0.</summary>
    public static Symbol operator <(Symbol left, double right) => Scalar("_LesserScalar", left, right);

    private static Symbol Scalar(string operatorName, Symbol value, double scalar) =>
        Call(operatorName, [value], name: null, new Dictionary<string, string> { ["scalar"] = Text(scalar) });
}
