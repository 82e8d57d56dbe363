using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

// float64 uses Math lane by lane; float32 has vector forms.
public static partial class SimdMath
{
    /// <summary>The sine of an angle in radians. Error 1.9 ulp, at any magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Sin>(x);
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(LargestAngle));
        V quadrant = ReduceAngle(x, out V r);
        V result = SineOrCosine(quadrant, r);
        result = V.Select(V.Equal(x, V.Zero), x, result);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Sin>(simple, result, x);
    }

    /// <summary>The cosine of an angle in radians. Error 1.9 ulp, at any magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Cos>(x);
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(LargestAngle));
        V quadrant = ReduceAngle(x, out V r);
        V result = SineOrCosine(V.AddBits(quadrant, V.FromBits(1)), r);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Cos>(simple, result, x);
    }

    /// <summary>The tangent of an angle in radians. Error 3.1 ulp, at any magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tan<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Tan>(x);
        V simple = V.LessOrEqual(V.Abs(x), V.Constant(LargestAngle));
        V quadrant = ReduceAngle(x, out V r);
        V z = r * r;
        V sum = V.MultiplyAdd(V.Constant(0.00384313977925522304), z, V.Constant(0.00118532165206776347));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0099621469988435202));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0216211274115132022));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0539944647220992531));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.133332309446822238));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.33333333979455764));
        V tangent = V.MultiplyAdd(r * z, sum, r);
        V odd = V.SubtractBits(V.Zero, quadrant & V.FromBits(1));
        V result = V.Select(odd, -V.One, tangent) / V.Select(odd, tangent, V.One);
        result = V.Select(V.Equal(x, V.Zero), x, result);
        return V.All(simple) ? result : Repair<V, ScalarFunctions.Tan>(simple, result, x);
    }

    /// <summary>Up to here the products of <see cref="ReduceAngle"/> are exact.</summary>
    private const double LargestAngle = 12800;

    /// <summary>Splits <c>x = n π/2 + r</c>; the low bits of what is returned are n's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ReduceAngle<V>(V x, out V r)
        where V : struct, ISimd<V>
    {
        V shifted = V.MultiplyAdd(x, V.Constant(0.63661977236758134), Magic<V>());
        V n = shifted - Magic<V>();

        // π/2 in pieces of 11 bits, whose products with n are exact without a fused instruction, and a rest.
        r = V.MultiplyAdd(n, V.Constant(-1.5703125), x);
        r = V.MultiplyAdd(n, V.Constant(-0.0004837512969970703125), r);
        r = V.MultiplyAdd(n, V.Constant(-7.549533620476722717285156e-8), r);
        r = V.MultiplyAdd(n, V.Constant(-2.563344151594518788188942e-12), r);
        return shifted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SineOrCosine<V>(V quadrant, V r)
        where V : struct, ISimd<V>
    {
        V z = r * r;
        V sine = V.MultiplyAdd(V.Constant(2.72499258030597923e-6), z, V.Constant(-0.000198400867353848456));
        sine = V.MultiplyAdd(sine, z, V.Constant(0.00833333187471020879));
        sine = V.MultiplyAdd(sine, z, V.Constant(-0.166666666638552895));
        sine = V.MultiplyAdd(sine, r * z, r);
        V cosine = V.MultiplyAdd(V.Constant(0.0000245479420850715725), z, V.Constant(-0.0013888303035894866));
        cosine = V.MultiplyAdd(cosine, z, V.Constant(0.0416666646595022068));
        cosine = V.MultiplyAdd(cosine, z, V.Constant(-0.5));
        cosine = V.MultiplyAdd(cosine, z, V.One);
        V odd = V.SubtractBits(V.Zero, quadrant & V.FromBits(1));
        V sign = V.ShiftLeft(quadrant & V.FromBits(2), 30);
        return V.Select(odd, cosine, sine) ^ sign;
    }

    /// <summary>The angle whose sine is x. Error 2.3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Asin<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Asin>(x);
        V angle = HalfOrWholeAsin(V.Abs(x), out V near);
        V result = V.Select(near, angle, V.MultiplyAdd(V.Constant(-2), angle, V.Constant(Math.PI / 2)));
        return V.CopySign(result, x);
    }

    /// <summary>The angle whose cosine is x. Error 1.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Acos<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Acos>(x);
        V angle = HalfOrWholeAsin(V.Abs(x), out V near);
        V right = V.Constant(Math.PI / 2) - V.CopySign(angle, x);
        V twice = angle + angle;
        V wide = V.Select(V.Less(x, V.Zero), V.Constant(Math.PI) - twice, twice);
        return V.Select(near, right, wide);
    }

    /// <summary>Asin of a magnitude up to ½, else half of the complement of its asin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V HalfOrWholeAsin<V>(V magnitude, out V near)
        where V : struct, ISimd<V>
    {
        near = V.LessOrEqual(magnitude, V.Constant(0.5));
        V complement = V.Constant(0.5) * (V.One - magnitude);
        V z = V.Select(near, magnitude * magnitude, complement);
        V s = V.Select(near, magnitude, V.Sqrt(complement));
        V sum = V.MultiplyAdd(V.Constant(0.0336908472028301195), z, V.Constant(0.0171492383576772532));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0311006627354945679));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0445994015285121837));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.0750009454349742348));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.166666663374309071));
        return V.MultiplyAdd(s * z, sum, s);
    }

    /// <summary>The angle whose tangent is x. Error 2.5 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan<V>(V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Atan>(x);

        // Turned by 90 or 45 degrees towards 0.
        V magnitude = V.Abs(x);
        V steep = V.Greater(magnitude, V.Constant(2.414213562373095));
        V middle = V.Greater(magnitude, V.Constant(0.4142135623730950));
        V numerator = V.Select(steep, -V.One, V.Select(middle, magnitude - V.One, magnitude));
        V denominator = V.Select(steep, magnitude, V.Select(middle, magnitude + V.One, V.One));
        V turned = V.Select(steep, V.Constant(Math.PI / 2), V.Constant(Math.PI / 4)) & middle;
        return V.CopySign(turned + AtanOf(numerator / denominator), x);
    }

    /// <summary>The angle of the point (x, y), as <see cref="Math.Atan2"/>. Error 3 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan2<V>(V y, V x)
        where V : struct, ISimd<V>
    {
        if (!V.IsFloat || V.ElementSize == 8)
            return V.Map<ScalarFunctions.Atan2>(y, x);

        // The angle to the nearer axis, of which more than half of 45 degrees are taken from 45 degrees.
        V across = V.Abs(x);
        V up = V.Abs(y);
        V near = V.Min(across, up);
        V far = V.Max(across, up);
        V simple = V.GreaterOrEqual(far, V.Constant(1e-37)) & V.LessOrEqual(across + up, V.MaxValue);
        V middle = V.Greater(near, V.Constant(0.4142135623730950) * far);
        V t = V.Select(middle, near - far, near) / V.Select(middle, near + far, far);
        V angle = (V.Constant(Math.PI / 4) & middle) + AtanOf(t);
        angle = V.Select(V.Greater(up, across), V.Constant(Math.PI / 2) - angle, angle);
        angle = V.CopySign(V.Select(V.Less(x, V.Zero), V.Constant(Math.PI) - angle, angle), y);
        return V.All(simple) ? angle : RepairBinary<V, ScalarFunctions.Atan2>(simple, angle, y, x);
    }

    /// <summary>The arc tangent up to 22.5 degrees.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V AtanOf<V>(V t)
        where V : struct, ISimd<V>
    {
        V z = t * t;
        V sum = V.MultiplyAdd(V.Constant(-0.0645192820812174876), z, V.Constant(0.10743731490791083));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.142639555979846392));
        sum = V.MultiplyAdd(sum, z, V.Constant(0.199995404836489634));
        sum = V.MultiplyAdd(sum, z, V.Constant(-0.333333317611685199));
        return V.MultiplyAdd(t * z, sum, t);
    }
}
